"""How many parts an SMS takes (3GPP TS 23.038: 160 or 153 septets; UCS-2: 70 or 67 units)."""

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = set("^{}[]~\\|€\f")


def segments(body: str) -> int:
    """The number of parts, at least 1."""
    if set(body) <= GSM | GSM_DOUBLE:
        size, alone, joined = len(body) + sum(char in GSM_DOUBLE for char in body), 160, 153
    else:
        size, alone, joined = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if size <= alone else -(-size // joined)
