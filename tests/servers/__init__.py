"""Claims under the web servers that operators run, in processes of their own."""
