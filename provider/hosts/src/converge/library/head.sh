#!/bin/sh
# Makes this host what its lostops blueprint says. Running it again changes nothing and says so.
# Nothing is done before the last line has arrived: all of it is functions until then.

set -u
umask 077
LC_ALL=C
export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NL='
'
TAB=$(printf '\t')
CR=$(printf '\r')

