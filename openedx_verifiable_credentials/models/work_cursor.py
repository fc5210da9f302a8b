"""How far long work has come."""

from django.db import models


class WorkCursor(models.Model):
    """
    Where a stopped piece of work goes on; gone when the work is done.

    .. no_pii: A name and a number.
    """

    name = models.CharField(max_length=255, unique=True)
    position = models.PositiveBigIntegerField()
    updated = models.DateTimeField()

    class Meta:
        verbose_name = "work cursor"

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"
