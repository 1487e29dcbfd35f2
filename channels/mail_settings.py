"""What config may say about a mailbox: the server that takes our mail, who we are, where answers come in.

Only shapes and their checks; nothing is sent or read here.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from channels.mail_letter import Frame, frame, is_address

MIB = 1024 * 1024
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Listen(BaseModel):
    """Where mail comes in: the mail server before us hands it over here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8024, ge=0, le=65535)
    protocol: Literal["lmtp", "smtp"] = "lmtp"
    peers: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    accept: tuple[str, ...] = ()  # domains and addresses that are ours; none: those the line itself names

    @field_validator("accept")
    @classmethod
    def _domains_or_addresses(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            if not is_address(entry if "@" in entry else f"x@{entry}"):
                raise ValueError(f'"{entry}" is neither an address nor a domain; write a@kota.go.id or kota.go.id')
        return tuple(entry.lower() for entry in entries)


class MailSettings(BaseModel):
    """One mailbox: the server that takes our mail, who we are, and how answers and bounces find back."""

    # an error must not quote the password
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    host: str = Field(min_length=1, pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr | None = None
    authority: str = ""  # file of certificates to trust besides the system's
    from_address: str
    from_name: str = Field(default="", max_length=200)
    domain: str = ""  # of our Message-IDs; empty: that of from_address
    bounce: str = ""  # where failures go, "+key" is added; empty: bounce@domain
    reply_to: str = ""  # empty: answers go to from_address
    unsubscribe: str = ""  # empty: a mail that says STOP to where answers go
    pool: int = Field(default=8, ge=1, le=100)  # conversations with the server at a time
    timeout: float = Field(default=60, gt=0, le=600)  # seconds to hand over one mail
    rate: float = Field(default=20, gt=0)  # mails per second
    max_size: int = Field(default=25 * MIB, ge=64 * 1024, le=100 * MIB)  # bytes of one mail that goes out
    max_arriving: int = Field(default=48 * MIB, ge=64 * 1024, le=100 * MIB)  # bytes of one mail that comes in
    secret: SecretStr | None = Field(default=None, min_length=8)  # shown by whoever posts raw mails to the hook
    secret_header: str = Field(default="X-Hook-Secret", pattern=r"^[A-Za-z0-9-]+$")
    listen: Listen | None = None

    @field_validator("from_address", "bounce", "reply_to", "unsubscribe")
    @classmethod
    def _address(cls, address: str) -> str:
        if address and not is_address(address):
            raise ValueError("must be a plain e-mail address such as pengaduan@kota.go.id, without a name")
        return address

    @field_validator("from_name", "username")
    @classmethod
    def _one_line(cls, words: str) -> str:
        if not words.isprintable():
            raise ValueError("must be one line without control characters")
        return words

    @field_validator("domain")
    @classmethod
    def _domain(cls, domain: str) -> str:
        if domain and not is_address(f"x@{domain}"):
            raise ValueError("must be a domain such as kota.go.id")
        return domain.lower()

    @field_validator("authority")
    @classmethod
    def _there(cls, authority: str) -> str:
        if authority and not Path(authority).is_file():
            raise ValueError("names a file of certificates (PEM) that is not there")
        return authority

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.from_address:
            raise ValueError("from_address is missing")
        if bool(self.username) != (self.password is not None):
            raise ValueError("username and password belong together: give both or neither")
        if self.username and self.security == "none" and self.host not in HERE:
            raise ValueError('the password would travel in clear: set security to "starttls" or "tls"')
        return self

    def frame(self, line: str) -> Frame:
        """What all mails of this line have in common."""
        domain = self.domain or self.from_address.rpartition("@")[2].lower()
        return frame(
            line=line,
            sender=self.from_address,
            name=self.from_name,
            domain=domain,
            bounce=self.bounce or f"bounce@{domain}",
            reply_to=self.reply_to,
            unsubscribe=self.unsubscribe or self.reply_to or self.from_address,
        )
