# Takes from a host what lostops put on it for the cluster: what runs, what agents keep, files, programs. What stays: data
# volumes, packages, users and who may log in. $1 is the mark of the cluster whose host it has to be.
set -u
TAB=$(printf '\t')
S=/var/lib/lostops
B=/etc/lostops/bootstrap

fail() {
  printf '@lostops\tfault\t%s\t%s\t%s\n' "$1" "$2" "$3"
  exit 1
}

OWNER=$1
[ ! -r /etc/lostops/owner ] || read -r OWNER </etc/lostops/owner
[ "$OWNER" = "$1" ] || fail owner /etc/lostops/owner "this host is one of another cluster now"

stop() {
  systemctl disable --now "$1" >/dev/null 2>&1
  case $(systemctl is-active "$1" 2>/dev/null) in
    active | deactivating) fail unit "$1" "it does not stop" ;;
  esac
}

stop lostops-bootstrap.service
stop nomad.service
# A server of Consul says good-bye to the others; a client does when it is stopped.
if [ -r "$B/consul.token" ] && [ -r "$B/where" ]; then
  # shellcheck disable=SC1091
  . "$B/where"
  [ -z "$CONSUL" ] || curl -sS -m 20 -K "$B/curl" -H "@$B/consul.token" -X PUT "$CONSUL/v1/agent/leave" >/dev/null 2>&1
fi
stop consul.service

# Tasks outlive their agent. Docker's own program need not be there: from Debian 13 on it is a package of its own.
docker() {
  curl -sS -m 60 --unix-socket /run/docker.sock -X "$1" "http://docker$2" 2>/dev/null
}
if [ -S /run/docker.sock ]; then
  docker GET '/containers/json?all=1&filters=%7B%22label%22%3A%5B%22com.hashicorp.nomad.alloc_id%22%5D%7D' |
    grep -o '"Id":"[0-9a-f]*"' | cut -d '"' -f 4 | while read -r TASK; do
    docker DELETE "/containers/$TASK?force=1" >/dev/null
  done
fi
find /sys/fs/cgroup \( -path '*/nomad.slice/*' -o -path '*/nomad/*' -o -path '*/nomad.service/*' \) -name cgroup.procs 2>/dev/null | while read -r GROUP; do
  while read -r TASK; do
    kill -KILL "$TASK" 2>/dev/null
  done <"$GROUP"
done

# What allocations have mounted may be somebody's data: as long as it is there, nothing below is removed.
TRIES=0
while MOUNTED=$(grep -c ' /opt/nomad/data/' /proc/mounts) && [ "$MOUNTED" -gt 0 ]; do
  TRIES=$((TRIES + 1))
  [ "$TRIES" -lt 20 ] || fail unmount /opt/nomad/data "something there stays mounted"
  sed -n 's|^[^ ]* \(/opt/nomad/data/[^ ]*\) .*|\1|p' /proc/mounts | sort -r | while read -r PLACE; do
    umount "$(printf '%b' "$PLACE")" 2>/dev/null || { [ "$TRIES" -gt 5 ] && umount -l "$(printf '%b' "$PLACE")" 2>/dev/null; }
  done
  sleep 0.3
done
rm -rf /opt/nomad/data /opt/consul/data || fail state /opt/nomad/data "it cannot be removed"

if [ -e "$S/units" ] && grep -q '^lostops-wall.service$' "$S/units"; then
  systemctl disable --now lostops-wall.service >/dev/null 2>&1
fi
if [ -e "$S/files" ]; then
  while read -r FILE MARKS; do
    case $FILE in
      /home/* | /root/* | /etc/sudoers.d/*) ;;
      /*)
        rm -f "$FILE"
        # What was there before is there again.
        [ ! -e "$S/before$FILE" ] || mv -f "$S/before$FILE" "$FILE" || fail state "$FILE" "what was there before cannot be brought back"
        ;;
    esac
  done <"$S/files"
fi
rm -rf /usr/local/bin/nomad /usr/local/bin/consul /opt/cni/bin "$S" && rm -rf /etc/lostops ||
  fail state /etc/lostops "it cannot be removed"
systemctl daemon-reload
echo "@lostops${TAB}done${TAB}1${TAB}removed"
