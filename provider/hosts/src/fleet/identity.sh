# Says who the client of this host is: it writes that down when it starts.
TRIES=0
until cat /opt/nomad/data/client/client-id 2>/dev/null; do
  TRIES=$((TRIES + 1))
  [ "$TRIES" -lt 20 ] || exit 1
  sleep 0.5
done
