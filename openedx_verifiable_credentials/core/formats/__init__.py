"""Credentials and links inside other formats: QR codes now; PNG, SVG and PDF later."""
