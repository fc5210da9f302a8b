// jsonld's own loader of remote contexts; ours knows only pinned ones, so nothing is ever loaded through this.
'use strict';
