# Keeps what the servers of Nomad or Consul know before something risky is done. $1 is the method, $2 where, $3 whose it is.
FOLDER=/var/backups/lostops
mkdir -p "$FOLDER" && chmod 700 "$FOLDER" || exit 1
curl -sSf -m 300 -K ./curl -H @./token -o "$FOLDER/.new" -X "$1" "$2" &&
  mv -f "$FOLDER/.new" "$FOLDER/$3-$(date -u +%Y%m%dT%H%M%SZ).snap" || exit 1
# Of many only the last ones are worth their room.
ls -t "$FOLDER/$3"-*.snap | tail -n +11 | while read -r OLD; do rm -f "$OLD"; done
