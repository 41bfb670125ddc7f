"""The programs that run inside an installation of Appeal: its settings here, its outbox filled, its claim timed."""
