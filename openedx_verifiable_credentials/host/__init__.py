"""The one edge to the Credentials service: the only importer of ``credentials``. Settings name it, ``api`` loads it."""
