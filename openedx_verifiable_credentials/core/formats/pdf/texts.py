"""The words around a certificate on paper, in the languages that we speak. Other languages get English ones."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Texts:
    """
    One language's. ``date`` has the fields ``day``, ``month`` and ``year``; ``attached`` the field ``file``.
    ``right_to_left``: where its lines begin on the right.
    """

    code: str
    right_to_left: bool
    heading: str
    certifies: str
    completed: str
    issued_by: str
    signed_by: str
    awarded_on: str
    valid_until: str
    check_page: str
    check_file: str
    attached: str
    qr: str
    badge: str
    document: str
    date: str
    months: tuple[str, ...]

    def say_date(self, day: datetime.date) -> str:
        """``day`` in words, with the Gregorian calendar's months."""
        return self.date.format(day=day.day, month=self.months[day.month - 1], year=day.year)


_ENGLISH = Texts(
    code="en",
    right_to_left=False,
    heading="Certificate",
    certifies="This certifies that",
    completed="has earned",
    issued_by="Issued by",
    signed_by="Signed by",
    awarded_on="Awarded on",
    valid_until="Valid until",
    check_page="Check this certificate at",
    check_file="Check the attached credential at",
    attached="The signed credential is attached to this file as {file}. It counts, not this sheet: anyone can print "
    "one.",
    qr="QR code of the address at which this certificate can be checked: {address}",
    badge="Badge of “{title}”",
    document="Certificate: {title}",
    date="{month} {day}, {year}",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
)
_SPANISH = Texts(
    code="es-419",
    right_to_left=False,
    heading="Certificado",
    certifies="Se certifica que",
    completed="obtuvo",
    issued_by="Emitido por",
    signed_by="Firmado por",
    awarded_on="Otorgado el",
    valid_until="Válido hasta el",
    check_page="Comprueba este certificado en",
    check_file="Comprueba la credencial adjunta en",
    attached="La credencial firmada está adjunta a este archivo como {file}. Es la que vale, no esta hoja, que "
    "cualquiera puede imprimir.",
    qr="Código QR de la dirección donde se puede comprobar este certificado: {address}",
    badge="Insignia de «{title}»",
    document="Certificado: {title}",
    date="{day} de {month} de {year}",
    months=(
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ),
)
_ARABIC = Texts(
    code="ar",
    right_to_left=True,
    heading="شهادة",
    certifies="نشهد بأن",
    completed="قد نال شهادة",
    issued_by="جهة الإصدار",
    signed_by="التوقيع",
    awarded_on="تاريخ المنح",
    valid_until="صالحة حتى",
    check_page="تحقق من هذه الشهادة على العنوان",
    check_file="تحقق من الوثيقة المرفقة على العنوان",
    attached="وثيقة الاعتماد الموقعة مرفقة بهذا الملف باسم {file}، وهي المعتمدة، لا هذه الورقة "
    "التي يمكن لأي شخص طباعتها.",
    qr="رمز استجابة سريعة لعنوان التحقق من هذه الشهادة: {address}",
    badge="شارة «{title}»",
    document="شهادة: {title}",
    date="{day} {month} {year}",
    months=(
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
)
_BY_LANGUAGE: Mapping[str, Texts] = {"en": _ENGLISH, "es": _SPANISH, "ar": _ARABIC}


def get_texts(language: str) -> Texts:
    """Those of ``language`` (BCP 47), whatever its region; English ones where we do not speak it."""
    return _BY_LANGUAGE.get(language.lower().replace("_", "-").partition("-")[0], _ENGLISH)
