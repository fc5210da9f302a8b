"""The pages in Chromium: what people see, what the browser asks for, and what it refuses."""
