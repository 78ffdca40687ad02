# Says what is on a host, and what differs from what should be there if a converge script came along. Changes nothing.
TAB=$(printf '\t')
APPLIED=
[ ! -r /var/lib/lostops/applied ] || read -r APPLIED </var/lib/lostops/applied
echo "applied$TAB$APPLIED"
[ ! -r /etc/lostops/owner ] || read -r OWNER </etc/lostops/owner
[ -z "${OWNER-}" ] || echo "owner$TAB$OWNER"
for PART in root cluster; do
  [ ! -f "/etc/lostops/$PART.json" ] || base64 "/etc/lostops/$PART.json" | sed "s/^/$PART$TAB/"
done
[ ! -e ./converge ] || sh ./converge --peer "$LOSTOPS_PEER" --check
