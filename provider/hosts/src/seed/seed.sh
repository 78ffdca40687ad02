# Runs once, late in a host's first boot: what a task over SSH would do, from what cloud-init has written.
set -u
umask 077
base=/var/lib/lostops/seed
[ -e "$base.tar" ] || exit 0
LC_ALL=C
LOSTOPS_WORK=$(mktemp -d /run/lostops.XXXXXXXX) || exit 91
LOSTOPS_BLOB=$LOSTOPS_WORK/blob
LOSTOPS_PEER=
export LC_ALL LOSTOPS_WORK LOSTOPS_BLOB LOSTOPS_PEER
cd "$LOSTOPS_WORK" && tar -xf "$base.tar" || exit 92
. ./environment
# The network may not be there yet for all that has to be fetched.
for try in 1 2 3 4 5; do
  sh ./script "$@" </dev/null
  code=$?
  [ "$code" -ne 0 ] || break
  echo "lostops: attempt $try ended with $code" >&2
  [ "$try" -eq 5 ] || sleep 20
done
cd /
rm -rf "$LOSTOPS_WORK"
# What failed can be run again: sh /var/lib/lostops/seed.sh
[ "$code" -ne 0 ] || rm -f "$base.tar" "$base.sh"
exit "$code"
