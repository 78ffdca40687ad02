# Runs on the host, from the command line of one process: no single quote, exclamation mark or backslash may be in it, as
# the login shell may be of any kind. $1 is the bundle's size, $2 the lock, $3 how long to wait for it, $4 whence it is
# reached, where that is known.
set -u;
umask 077;
LC_ALL=C; export LC_ALL;
base=${TMPDIR:-/tmp};
if [ -d /run ] && [ -w /run ]; then base=/run; fi;
work=$(mktemp -d "$base/lostops.XXXXXXXX") || exit 91;
end() { code=$?; trap - EXIT; cd /; rm -rf "$work"; echo "@lostops end $code"; exit "$code"; };
trap end EXIT;
trap "exit 129" HUP; trap "exit 130" INT; trap "exit 141" PIPE; trap "exit 143" TERM;
cd "$work" || exit 91;
echo; echo "@lostops ready";
head -c "$1" | tar -xf - || exit 92;
if [ -n "$2" ] && command -v flock >/dev/null 2>&1; then
  ( : >>"$2" ) || exit 94;
  exec 9>>"$2";
  flock -n 9 || { echo "@lostops busy"; flock -w "$3" 9 || exit 93; };
fi;
LOSTOPS_WORK=$work; LOSTOPS_BLOB=$work/blob; LOSTOPS_PEER=${4:-}; export LOSTOPS_WORK LOSTOPS_BLOB LOSTOPS_PEER;
. ./environment;
sh ./script "$@" 3>&1 4<&0 9>&- </dev/null;
exit $?
