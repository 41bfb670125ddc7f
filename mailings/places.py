"""Owns where an office probably stands, told from its mail domain, and how a moment is told with its place.

A guess is made only from a top-level domain of a country, and only as the time zone and calendar of its capital, where
ministries are; whoever knows better sets it on the desk.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

#: Country (ISO 3166), time zone of its capital (IANA, zone.tab), capital (for the words "09:04 in Beijing").
CAPITALS = """
AD Europe/Andorra Andorra la Vella; AE Asia/Dubai Abu Dhabi; AF Asia/Kabul Kabul; AG America/Antigua St John's;
AL Europe/Tirane Tirana; AM Asia/Yerevan Yerevan; AO Africa/Luanda Luanda;
AR America/Argentina/Buenos_Aires Buenos Aires; AT Europe/Vienna Vienna; AU Australia/Sydney Canberra;
AZ Asia/Baku Baku; BA Europe/Sarajevo Sarajevo; BB America/Barbados Bridgetown; BD Asia/Dhaka Dhaka;
BE Europe/Brussels Brussels; BF Africa/Ouagadougou Ouagadougou; BG Europe/Sofia Sofia; BH Asia/Bahrain Manama;
BI Africa/Bujumbura Gitega; BJ Africa/Porto-Novo Porto-Novo; BN Asia/Brunei Bandar Seri Begawan;
BO America/La_Paz La Paz; BR America/Sao_Paulo Brasília; BS America/Nassau Nassau; BT Asia/Thimphu Thimphu;
BW Africa/Gaborone Gaborone; BY Europe/Minsk Minsk; BZ America/Belize Belmopan; CA America/Toronto Ottawa;
CD Africa/Kinshasa Kinshasa; CF Africa/Bangui Bangui; CG Africa/Brazzaville Brazzaville; CH Europe/Zurich Bern;
CI Africa/Abidjan Yamoussoukro; CL America/Santiago Santiago; CM Africa/Douala Yaoundé; CN Asia/Shanghai Beijing;
CO America/Bogota Bogotá; CR America/Costa_Rica San José; CU America/Havana Havana; CV Atlantic/Cape_Verde Praia;
CY Asia/Nicosia Nicosia; CZ Europe/Prague Prague; DE Europe/Berlin Berlin; DJ Africa/Djibouti Djibouti;
DK Europe/Copenhagen Copenhagen; DM America/Dominica Roseau; DO America/Santo_Domingo Santo Domingo;
DZ Africa/Algiers Algiers; EC America/Guayaquil Quito; EE Europe/Tallinn Tallinn; EG Africa/Cairo Cairo;
ER Africa/Asmara Asmara; ES Europe/Madrid Madrid; ET Africa/Addis_Ababa Addis Ababa; FI Europe/Helsinki Helsinki;
FJ Pacific/Fiji Suva; FM Pacific/Pohnpei Palikir; FR Europe/Paris Paris; GA Africa/Libreville Libreville;
GB Europe/London London; GD America/Grenada St George's; GE Asia/Tbilisi Tbilisi; GH Africa/Accra Accra;
GM Africa/Banjul Banjul; GN Africa/Conakry Conakry; GQ Africa/Malabo Malabo; GR Europe/Athens Athens;
GT America/Guatemala Guatemala City; GW Africa/Bissau Bissau; GY America/Guyana Georgetown;
HK Asia/Hong_Kong Hong Kong; HN America/Tegucigalpa Tegucigalpa; HR Europe/Zagreb Zagreb;
HT America/Port-au-Prince Port-au-Prince; HU Europe/Budapest Budapest; ID Asia/Jakarta Jakarta;
IE Europe/Dublin Dublin; IL Asia/Jerusalem Jerusalem; IN Asia/Kolkata New Delhi; IQ Asia/Baghdad Baghdad;
IR Asia/Tehran Tehran; IS Atlantic/Reykjavik Reykjavík; IT Europe/Rome Rome; JM America/Jamaica Kingston;
JO Asia/Amman Amman; JP Asia/Tokyo Tokyo; KE Africa/Nairobi Nairobi; KG Asia/Bishkek Bishkek;
KH Asia/Phnom_Penh Phnom Penh; KI Pacific/Tarawa Tarawa; KM Indian/Comoro Moroni; KN America/St_Kitts Basseterre;
KP Asia/Pyongyang Pyongyang; KR Asia/Seoul Seoul; KW Asia/Kuwait Kuwait City; KZ Asia/Almaty Astana;
LA Asia/Vientiane Vientiane; LB Asia/Beirut Beirut; LC America/St_Lucia Castries; LI Europe/Vaduz Vaduz;
LK Asia/Colombo Colombo; LR Africa/Monrovia Monrovia; LS Africa/Maseru Maseru; LT Europe/Vilnius Vilnius;
LU Europe/Luxembourg Luxembourg; LV Europe/Riga Riga; LY Africa/Tripoli Tripoli; MA Africa/Casablanca Rabat;
MC Europe/Monaco Monaco; MD Europe/Chisinau Chișinău; ME Europe/Podgorica Podgorica;
MG Indian/Antananarivo Antananarivo; MH Pacific/Majuro Majuro; MK Europe/Skopje Skopje; ML Africa/Bamako Bamako;
MM Asia/Yangon Naypyidaw; MN Asia/Ulaanbaatar Ulaanbaatar; MO Asia/Macau Macau; MR Africa/Nouakchott Nouakchott;
MT Europe/Malta Valletta; MU Indian/Mauritius Port Louis; MV Indian/Maldives Malé; MW Africa/Blantyre Lilongwe;
MX America/Mexico_City Mexico City; MY Asia/Kuala_Lumpur Kuala Lumpur; MZ Africa/Maputo Maputo;
NA Africa/Windhoek Windhoek; NE Africa/Niamey Niamey; NG Africa/Lagos Abuja; NI America/Managua Managua;
NL Europe/Amsterdam The Hague; NO Europe/Oslo Oslo; NP Asia/Kathmandu Kathmandu; NR Pacific/Nauru Yaren;
NZ Pacific/Auckland Wellington; OM Asia/Muscat Muscat; PA America/Panama Panama City; PE America/Lima Lima;
PG Pacific/Port_Moresby Port Moresby; PH Asia/Manila Manila; PK Asia/Karachi Islamabad; PL Europe/Warsaw Warsaw;
PS Asia/Hebron Ramallah; PT Europe/Lisbon Lisbon; PW Pacific/Palau Ngerulmud; PY America/Asuncion Asunción;
QA Asia/Qatar Doha; RO Europe/Bucharest Bucharest; RS Europe/Belgrade Belgrade; RU Europe/Moscow Moscow;
RW Africa/Kigali Kigali; SA Asia/Riyadh Riyadh; SB Pacific/Guadalcanal Honiara; SC Indian/Mahe Victoria;
SD Africa/Khartoum Khartoum; SE Europe/Stockholm Stockholm; SG Asia/Singapore Singapore;
SI Europe/Ljubljana Ljubljana; SK Europe/Bratislava Bratislava; SL Africa/Freetown Freetown;
SM Europe/San_Marino San Marino; SN Africa/Dakar Dakar; SO Africa/Mogadishu Mogadishu;
SR America/Paramaribo Paramaribo; SS Africa/Juba Juba; ST Africa/Sao_Tome São Tomé;
SV America/El_Salvador San Salvador; SY Asia/Damascus Damascus; SZ Africa/Mbabane Mbabane;
TD Africa/Ndjamena N'Djamena; TG Africa/Lome Lomé; TH Asia/Bangkok Bangkok; TJ Asia/Dushanbe Dushanbe;
TL Asia/Dili Dili; TM Asia/Ashgabat Ashgabat; TN Africa/Tunis Tunis; TO Pacific/Tongatapu Nukuʻalofa;
TR Europe/Istanbul Ankara; TT America/Port_of_Spain Port of Spain; TV Pacific/Funafuti Funafuti;
TW Asia/Taipei Taipei; TZ Africa/Dar_es_Salaam Dodoma; UA Europe/Kyiv Kyiv; UG Africa/Kampala Kampala;
US America/New_York Washington; UY America/Montevideo Montevideo; UZ Asia/Tashkent Tashkent;
VA Europe/Vatican Vatican City; VC America/St_Vincent Kingstown; VE America/Caracas Caracas;
VN Asia/Ho_Chi_Minh Hanoi; VU Pacific/Efate Port Vila; WS Pacific/Apia Apia; YE Asia/Aden Sana'a;
ZA Africa/Johannesburg Pretoria; ZM Africa/Lusaka Lusaka; ZW Africa/Harare Harare
"""
#: Domains of countries that are sold to anybody: they tell where an office is only below an official second level.
SOLD_TO_ANYBODY = frozenset(
    {
        "ag",
        "ai",
        "am",
        "cc",
        "cd",
        "cf",
        "co",
        "dj",
        "fm",
        "ga",
        "gd",
        "gq",
        "la",
        "lc",
        "ly",
        "me",
        "ml",
        "nu",
        "sc",
        "st",
    }
    | {"tk", "tl", "to", "tv", "vc", "vu", "ws"}
)
OFFICIAL = frozenset({"gov", "gob", "gouv", "gub", "govt", "go", "mil", "government", "parliament"})
UTC = "UTC"


@dataclass(frozen=True)
class Place:
    """A country's code, the time zone of its capital and the capital's name."""

    country: str
    time_zone: str
    capital: str


def _places() -> list[Place]:
    rows = (row.strip().split(" ", 2) for row in CAPITALS.replace("\n", " ").split(";"))
    return [Place(country, zone, capital) for country, zone, capital in rows]


_BY_COUNTRY = {place.country: place for place in _places()}
_CAPITAL_OF_ZONE = {place.time_zone: place.capital for place in _places()}


def guess(domain: str) -> Place | None:
    """Where the office behind a mail domain probably is; None where its name does not tell.

    Args:
        domain: in lower case, like ``mail.gov.cn``.
    """
    labels = domain.split(".")
    top = labels[-1]
    if top in SOLD_TO_ANYBODY and not OFFICIAL & set(labels[:-1]):
        return None
    return _BY_COUNTRY.get("GB" if top == "uk" else top.upper()) if len(top) == 2 else None


def zone(time_zone: str) -> ZoneInfo:
    """The time zone of this name; UTC where this machine does not know it, because letters must go on all the same."""
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, as "Asia".
        return ZoneInfo(UTC)


def zone_named(typed: str) -> str:
    """The time zone that a person means by its name or by the capital in it, whatever the capitals and blanks.

    Returns:
        Its name, like Asia/Shanghai for "beijing"; "" where nothing is called so.
    """
    wanted = typed.strip().casefold().replace(" ", "_")
    names = {name.casefold(): name for name in available_timezones()}
    capitals = {place.capital.casefold().replace(" ", "_"): place.time_zone for place in _BY_COUNTRY.values()}
    return names.get(wanted) or capitals.get(wanted, "")


def place_of(time_zone: str) -> str:
    """What people call the place of a time zone: Beijing for Asia/Shanghai, else the zone's own city."""
    return _CAPITAL_OF_ZONE.get(time_zone) or time_zone.rpartition("/")[2].replace("_", " ")


def moment_there(moment: datetime, time_zone: str, now: datetime) -> str:
    """A moment told with its place, as near as needed: "09:04 in Beijing", "Monday 09:00 in Beijing"."""
    there, today = moment.astimezone(zone(time_zone)), now.astimezone(zone(time_zone)).date()
    days = (there.date() - today).days
    if days == 0:
        day = ""
    elif 0 < days < 7:
        day = f"{there:%A} "
    elif there.year == today.year:
        day = f"{there:%A} {there.day} {there:%B}, "
    else:
        day = f"{there:%A} {there.day} {there:%B} {there.year}, "
    place = place_of(time_zone)
    return f"{day}{there:%H:%M} {place}" if place == UTC else f"{day}{there:%H:%M} in {place}"
