# Keeps what the servers of Nomad know before something risky is done. $1 is the method, $2 where, $3 the file's name.
FOLDER=/var/lib/lostops/snapshots
mkdir -p "$FOLDER" && chmod 700 "$FOLDER" || exit 1
curl -sSf -m 300 -K ./curl -H @./token -o "$FOLDER/.new" -X "$1" "$2" && mv -f "$FOLDER/.new" "$FOLDER/$3" || exit 1
# Of many only the last ones are worth their room.
ls -t "$FOLDER" | tail -n +6 | while read -r OLD; do rm -f "$FOLDER/$OLD"; done
echo "$FOLDER/$3"
