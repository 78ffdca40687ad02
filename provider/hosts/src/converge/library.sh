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

# ---- saying what happens: one line each, fields between tabs ----

event() {
  LINE=@lostops
  for FIELD in "$@"; do
    plain "$FIELD"
    LINE=$LINE$TAB$PLAIN
  done
  printf '%s\n' "$LINE" >&3
}

# A field has no tabs and no line ends: they become spaces.
plain() {
  PLAIN=
  REST=$1
  while :; do
    case $REST in
      *["$TAB$NL$CR"]*)
        PLAIN="$PLAIN${REST%%["$TAB$NL$CR"]*} "
        REST=${REST#*["$TAB$NL$CR"]}
        ;;
      *)
        PLAIN=$PLAIN$REST
        return
        ;;
    esac
  done
}

# code, subject, detail. The host is left as it is: what was done stays, and the next run goes on from there.
fail() {
  event fault "$1" "$2" "$3"
  exit 1
}

# kind, name: something is not as it should be. Succeeds if it is to be changed, fails if it is only to be told.
change() {
  CHANGES=$((CHANGES + 1))
  event changed "$1" "$2"
  [ -z "$CHECK" ]
}

# Runs a program quietly; its words are in OUT.
quietly() {
  "$@" >"$S/out" 2>&1
  STATUS=$?
  OUT=$(tail -c 600 "$S/out" 2>/dev/null)
  return "$STATUS"
}

# code, subject: what a program said is looked through for causes that have their own cure.
blame() {
  case $OUT in
    *"No space left"* | *"not enough free space"* | *"Disk quota exceeded"*) fail disk-full "$2" "$OUT" ;;
    *"Read-only file system"*) fail read-only "$2" "$OUT" ;;
    *"Could not resolve"* | *"emporary failure resolving"* | *"Could not connect"* | *"onnection timed out"* | *"Unable to connect"* | *"Network is unreachable"* | *"onnection refused"* | *"Could not handshake"*)
      fail network "$2" "$OUT"
      ;;
    *) fail "$1" "$2" "$OUT" ;;
  esac
}

# ---- one at a time, and where an interrupted run left off ----

# Tells a process from a later one with the same number.
birth() {
  BIRTH=
  if read -r BIRTH 2>/dev/null <"/proc/$1/stat"; then
    # shellcheck disable=SC2086
    set -- ${BIRTH##*) }
    BIRTH=${20-}
  fi
}

lock() {
  OUT=$( (umask 022 && mkdir -p "${S%/*}") 2>&1 && mkdir -p "$S/pending" "$S/binaries" "$S/disks" "$S/cache" 2>&1) || blame state "$S"
  TRIES=0
  until mkdir "$S/lock" 2>/dev/null; do
    HOLDER=
    BORN=
    read -r HOLDER BORN 2>/dev/null <"$S/lock/pid" || :
    if [ -n "$HOLDER" ]; then
      birth "$HOLDER"
      [ "$BIRTH" != "$BORN" ] || fail busy "$S/lock" "process $HOLDER"
      rm -rf "$S/lock"
    else
      TRIES=$((TRIES + 1))
      [ "$TRIES" -lt 3 ] || rm -rf "$S/lock"
      [ "$TRIES" -lt 9 ] || fail busy "$S/lock" "it cannot be made"
      sleep 1
    fi
  done
  birth "$$"
  printf '%s %s\n' "$$" "$BIRTH" >"$S/lock/pid"
  trap 'rm -rf "$S/lock"' EXIT
  trap 'exit 130' HUP INT TERM
}

# Marks are made before what they are for, so that an interrupted run is not forgotten.
mark() {
  for MARK in "$@"; do
    : >"$S/pending/$MARK" || fail disk-full "$S/pending" "a mark cannot be made"
  done
}

marked() {
  [ -e "$S/pending/$1" ]
}

unmark() {
  rm -f "$S/pending/$1"
}

# ---- what the host has to be before anything can be done ----

supported() {
  # shellcheck disable=SC1091
  SYSTEM=$(. "$R/etc/os-release" 2>/dev/null && printf '%s %s %s' "${ID-}" "${VERSION_ID-}" "${ID_LIKE-}")
  case $SYSTEM in
    "debian 1"[1-9]* | "debian 2"* | "debian  "* | "ubuntu 2"[2-9]* | "ubuntu 3"*) ;;
    "debian "* | "ubuntu "*) fail unsupported "$SYSTEM" "too old" ;;
    *debian*) ;;
    *) fail unsupported "${SYSTEM:-unknown}" "no Debian" ;;
  esac
}

clock() {
  NOW=$(date +%s)
  TRIES=0
  # At a first boot the time may be on its way.
  while [ -z "$R" ] && [ "$TRIES" -lt 15 ] && { [ "$NOW" -lt "$1" ] || [ "$NOW" -gt "$2" ]; }; do
    sleep 2
    NOW=$(date +%s)
    TRIES=$((TRIES + 1))
  done
  [ "$NOW" -ge "$1" ] || fail clock behind "it is $NOW, certificates count from $1"
  [ "$NOW" -le "$2" ] || fail clock ahead "it is $NOW, certificates count until $2"
}

# ---- users and packages ----

# name, system or login, home, shell, groups between commas
user() {
  case $PASSWD in
    *"$NL$1:"*) ;;
    *)
      change user "$1" || return 0
      if [ "$2" = system ]; then
        set -- "$@" --system --no-create-home
      else
        set -- "$@" --create-home
      fi
      quietly useradd --user-group --home-dir "$3" --shell "$4" "$6" ${7+"$7"} "$1" || blame user "$1"
      ;;
  esac
  [ -n "$5" ] || return 0
  HAS=,$(id -nG "$1" 2>/dev/null | tr ' ' ','),
  for GROUP in $(printf '%s' "$5" | tr ',' ' '); do
    case $HAS in
      *,"$GROUP",*) ;;
      *)
        change group "$1 in $GROUP" || continue
        quietly usermod --append --groups "$GROUP" "$1" || blame user "$1"
        ;;
    esac
  done
}

apt() {
  DEBIAN_FRONTEND=noninteractive quietly apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@"
}

packages() {
  HAVE=$NL$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)$NL
  MISSING=
  for PACKAGE in "$@"; do
    case $HAVE in
      *"$NL$PACKAGE installed$NL"*) ;;
      *)
        change package "$PACKAGE" || continue
        MISSING="$MISSING $PACKAGE"
        ;;
    esac
  done
  [ -n "$MISSING" ] || return 0
  # shellcheck disable=SC2086
  apt install --no-install-recommends $MISSING && return 0
  quietly dpkg --configure -a
  apt update || blame packages "apt-get update"
  # shellcheck disable=SC2086
  apt install --no-install-recommends $MISSING || blame packages "${MISSING# }"
}

# ---- folders and files ----

# path, mode, owner
owned() {
  [ "$3" = - ] || [ -n "$R" ] || quietly chown "$3" "$1" || blame file "$1"
  quietly chmod "$2" "$1" || blame file "$1"
}

# What `stat` is to say of a path.
expected() {
  if [ "$3" = - ] || [ -n "$R" ]; then
    EXPECTED=".$1 $2 "
  else
    EXPECTED=".$1 $2 $3$NL"
  fi
}

# A folder, and those above it open to all, as distributions have them.
folder() {
  (umask 022 && mkdir -p "$1")
}

# path, mode, owner
dir() {
  expected "$1" "$2" "$3"
  # shellcheck disable=SC2153
  case $STATS in
    *"${NL}directory $EXPECTED"*) return 0 ;;
  esac
  change folder "$1" || return 0
  quietly folder "$R$1" || blame file "$1"
  owned "$R$1" "$2" "$3"
}

# path, mode, owner, once or always, content
file() {
  expected "$1" "$2" "$3"
  SAME=
  case $SUMS in
    *"$NL.$1: OK$NL"*) SAME=yes ;;
  esac
  if [ "$4" = once ] && [ -e "$R$1" ]; then
    SAME=yes
  fi
  case $SAME$STATS in
    "yes"*"file $EXPECTED"*) return 0 ;;
  esac
  change file "$1" || {
    wakes "$1"
    return 0
  }
  wakes "$1"
  if [ -z "$SAME" ]; then
    rm -rf "$R$1.lostops-new"
    printf '%s' "$5" 2>"$S/out" >"$R$1.lostops-new" || {
      OUT=$(cat "$S/out")
      rm -f "$R$1.lostops-new"
      [ -n "$OUT" ] || OUT="No space left, or the folder is missing"
      blame file "$1"
    }
    owned "$R$1.lostops-new" "$2" "$3"
    quietly mv -f "$R$1.lostops-new" "$R$1" || blame file "$1"
  else
    owned "$R$1" "$2" "$3"
  fi
}

# Files that an earlier blueprint made and this one does not name. Lines are: path, marks.
stale() {
  [ -e "$S/files" ] || return 0
  while read -r OLD MARKS; do
    case $OLD in
      /*) ;;
      *) continue ;;
    esac
    case $1 in
      *"$NL$OLD "*) continue ;;
    esac
    [ -e "$R$OLD" ] || continue
    change removed "$OLD"
    # shellcheck disable=SC2086
    mark $MARKS
    [ -z "$CHECK" ] || continue
    rm -f "$R$OLD" "$R$OLD.lostops-new"
  done <"$S/files"
}

# ---- disks ----

# device, filesystem, label, path
disk() {
  if mountpoint -q "$R$4" 2>/dev/null; then
    return 0
  fi
  DEVICE=$1
  [ ! -e "/dev/disk/by-label/$3" ] || DEVICE=/dev/disk/by-label/$3
  [ -e "$DEVICE" ] || fail disk-missing "$1" "there is no such device"
  FOUND=$(blkid -p -o export "$DEVICE" 2>"$S/out")
  STATUS=$?
  OUT=$(cat "$S/out")
  # 2 is its word for an empty disk, and for one that cannot be read: then it also says why.
  if [ "$STATUS" != 0 ] && { [ "$STATUS" != 2 ] || [ -n "$OUT" ]; }; then
    fail disk-broken "$1" "${OUT:-blkid ended with $STATUS}"
  fi
  case $NL$FOUND$NL in
    *"${NL}LABEL=$3$NL"*) EMPTY= ;;
    *"${NL}TYPE="* | *"${NL}PTTYPE="*)
      EMPTY=
      # What a run of ours was interrupted in formatting was empty before.
      [ -e "$S/disks/$3" ] || fail disk-used "$1" "$(printf '%s' "$FOUND" | tr '\n' ' ')"
      ;;
    *) EMPTY=yes ;;
  esac
  if [ -n "$EMPTY" ] || [ -e "$S/disks/$3" ]; then
    change formatted "$1" || return 0
    : >"$S/disks/$3" || fail disk-full "$S" "a mark cannot be made"
    if [ "$2" = xfs ]; then
      quietly mkfs.xfs -q -f -L "$3" "$DEVICE" || fail disk-broken "$1" "$OUT"
    else
      quietly mkfs.ext4 -q -F -L "$3" "$DEVICE" || fail disk-broken "$1" "$OUT"
    fi
    rm -f "$S/disks/$3"
  fi
  change mounted "$4" || return 0
  quietly folder "$R$4" || blame file "$4"
  quietly mount -t "$2" -o noatime "$DEVICE" "$R$4" || fail disk-broken "$1" "$OUT"
}

# Our lines in the table of filesystems are those with an option of ours, which nobody else reads.
mounts() {
  if [ -e "$R/etc/fstab" ]; then
    [ "$(grep x-lostops "$R/etc/fstab")" != "$1" ] || return 0
  else
    [ -n "$1" ] || return 0
  fi
  change file /etc/fstab || return 0
  mark daemon-reload
  {
    [ ! -e "$R/etc/fstab" ] || grep -v x-lostops "$R/etc/fstab"
    [ -z "$1" ] || printf '%s\n' "$1"
  } >"$R/etc/fstab.lostops-new"
  owned "$R/etc/fstab.lostops-new" 644 -
  quietly mv -f "$R/etc/fstab.lostops-new" "$R/etc/fstab" || blame file /etc/fstab
}

# ---- programs from outside the distribution ----

# url, target. The address is not an argument: it may carry a password.
fetch() {
  event step "fetching ${1##*/}"
  if command -v curl >/dev/null 2>&1; then
    printf 'url = "%s"\n' "$1" | curl -K - -fsSL --retry 3 --connect-timeout 20 -o "$2" >"$S/out" 2>&1
    STATUS=$?
    OUT=$(tail -c 600 "$S/out")
    case $STATUS in
      0) return 0 ;;
      5 | 6 | 7 | 28 | 35 | 52 | 55 | 56) fail network "${1##*/}" "$OUT" ;;
      23) fail disk-full "${1##*/}" "$OUT" ;;
      *) blame download "${1##*/}" ;;
    esac
  fi
  command -v wget >/dev/null 2>&1 || fail download "${1##*/}" "neither curl nor wget is there"
  quietly wget -q -O "$2" "$1" || {
    [ -n "$OUT" ] || OUT="wget ended with $STATUS"
    [ "$STATUS" != 4 ] || fail network "${1##*/}" "$OUT"
    blame download "${1##*/}"
  }
}

# file, sum
is_sum() {
  SUM=$(sha256sum <"$1")
  [ "${SUM%% *}" = "$2" ]
}

# name, url, sum: leaves it in the cache, where somebody may have put it before.
cached() {
  GOT=$S/cache/$3
  if [ -e "$GOT" ]; then
    is_sum "$GOT" "$3" && return 0
    rm -f "$GOT"
  fi
  if [ -z "$2" ]; then
    # Whoever runs this may have it at hand, and send it over the connection that is there already.
    if [ -n "${LOSTOPS_BLOB:-}" ]; then
      quietly sh "$LOSTOPS_BLOB" "$3" "$GOT" && return 0
      [ "$STATUS" = 64 ] || blame download "$1"
    fi
    event need "$3" "$1"
    exit 3
  fi
  fetch "$2" "$GOT.part"
  is_sum "$GOT.part" "$3" || {
    rm -f "$GOT.part"
    fail checksum "$1" "expected $3, got ${SUM%% *}"
  }
  mv -f "$GOT.part" "$GOT"
}

# name, url, sums, signature, key, fingerprint: finds SIGNED, the sum that the signed list has for the file.
signed() {
  rm -rf "$S/signed"
  mkdir "$S/signed"
  fetch "$3" "$S/signed/sums"
  fetch "$4" "$S/signed/sig"
  fetch "$5" "$S/signed/key"
  # gpgv takes keys as they are, not wrapped as text.
  if grep -q '^-----BEGIN PGP' "$S/signed/key"; then
    sed -n '/^$/,/^=/p' "$S/signed/key" | sed '/^=/d; /^$/d' | tr -d '\r' | base64 -d >"$S/signed/ring" 2>/dev/null
  else
    mv "$S/signed/key" "$S/signed/ring"
  fi
  SAID=$NL$(gpgv --status-fd 1 --keyring "$S/signed/ring" "$S/signed/sig" "$S/signed/sums" 2>"$S/out")$NL
  OUT=$(tail -c 600 "$S/out")
  case $SAID in
    *"${NL}[GNUPG:] GOODSIG "*) ;;
    *) fail signature "$1" "$OUT" ;;
  esac
  case $SAID in
    *"${NL}[GNUPG:] VALIDSIG "*" $6$NL"*) ;;
    *) fail signature "$1" "it was made with another key than $6" ;;
  esac
  SIGNED=
  while read -r SUM NAME; do
    [ "${NAME#\*}" != "${2##*/}" ] || SIGNED=$SUM
  done <"$S/signed/sums"
  rm -rf "$S/signed"
  [ -n "$SIGNED" ] || fail signature "$1" "the signed list does not name ${2##*/}"
}

# What tells an installed program from any other: taken when it is put there, and compared without reading it.
stamp() {
  if [ -d "$1" ]; then
    STAMP=$(cd "$1" && stat -c '%n.%s.%Y.%Z.%i' ./* 2>/dev/null | sha256sum)
    STAMP=${STAMP%% *}
  else
    STAMP=$(stat -c '%s.%Y.%Z.%i' "$1" 2>/dev/null)
  fi
}

# name, version, path, packing, member, url, how it is proved, …
binary() {
  stamp "$R$3"
  WAS=
  read -r WAS 2>/dev/null <"$S/binaries/$1" || :
  SHOULD="$2 $7 ${8-}"
  [ "$WAS" != "$SHOULD $STAMP" ] || return 0
  change program "$1 $2" || {
    wakes "$3"
    return 0
  }
  if [ "$7" = sha256 ]; then
    cached "$1" "$6" "$8"
  else
    signed "$1" "$6" "$9" "${10}" "${11}" "$8"
    cached "$1" "$6" "$SIGNED"
  fi
  rm -rf "$R$3.lostops-new"
  quietly folder "$R${3%/*}" || blame file "$3"
  case $4 in
    zip) unzip -p "$GOT" "$5" 2>"$S/out" >"$R$3.lostops-new" ;;
    targz) mkdir "$R$3.lostops-new" 2>"$S/out" && tar -xzf "$GOT" -C "$R$3.lostops-new" 2>>"$S/out" ;;
    *) cp "$GOT" "$R$3.lostops-new" 2>"$S/out" ;;
  esac || {
    OUT=$(tail -c 600 "$S/out")
    rm -rf "$R$3.lostops-new"
    blame unpack "$1"
  }
  wakes "$3"
  if [ "$4" = targz ]; then
    quietly folder "$R$3" || blame file "$3"
    chmod 755 "$R$3"
    for PART in "$R$3.lostops-new"/*; do
      [ ! -f "$PART" ] || chmod 755 "$PART"
      # shellcheck disable=SC2115
      rm -rf "$R$3/${PART##*/}"
      quietly mv -f "$PART" "$R$3/" || blame file "$3"
    done
    rm -rf "$R$3.lostops-new"
  else
    chmod 755 "$R$3.lostops-new"
    quietly mv -f "$R$3.lostops-new" "$R$3" || blame file "$3"
  fi
  stamp "$R$3"
  printf '%s\n' "$SHOULD $STAMP" >"$S/binaries/$1" || fail disk-full "$S" "a note cannot be written"
  rm -f "$GOT"
}

# ---- kernel ----

modules() {
  for MODULE in "$@"; do
    [ ! -d "/sys/module/$MODULE" ] && [ -z "$CHECK" ] || continue
    # What is built in need not be loaded; what is really missing shows in its settings.
    quietly modprobe "$MODULE"
  done
}

# key=value …
settings() {
  KEYS=
  for SETTING in "$@"; do
    KEYS="$KEYS ${SETTING%%=*}"
  done
  # shellcheck disable=SC2086
  VALUES=$(sysctl -e $KEYS 2>/dev/null | tr '\t' ' ')
  VALUES=$NL$VALUES$NL
  for SETTING in "$@"; do
    case $VALUES in
      *"$NL${SETTING%%=*} = ${SETTING#*=}$NL"*) continue ;;
    esac
    change setting "${SETTING%%=*}" || continue
    quietly sysctl -q -w "$SETTING" || fail setting "${SETTING%%=*}" "$OUT"
  done
}

# ---- firewall ----

# Elements of IPv4 and of IPv6 from where SSH is let in: whoever runs this over SSH must be among them.
guard() {
  [ -n "$PEER" ] && [ -z "$CHECK" ] || return 0
  case $PEER in
    *:*) FAMILY=ipv6_addr ELEMENTS=$2 ;;
    *) FAMILY=ipv4_addr ELEMENTS=$1 ;;
  esac
  [ -n "$ELEMENTS" ] || fail lock-out "$PEER" "no such address is let in"
  printf 'table inet lostops_guard {}\ndelete table inet lostops_guard\ntable inet lostops_guard {\nset s {\ntype %s\nflags interval\nauto-merge\nelements = { %s }\n}\n}\n' \
    "$FAMILY" "$ELEMENTS" >"$S/guard"
  quietly nft -f "$S/guard" || blame firewall nft
  quietly nft get element inet lostops_guard s "{ $PEER }"
  LET=$?
  nft delete table inet lostops_guard >/dev/null 2>&1
  rm -f "$S/guard"
  [ "$LET" = 0 ] || fail lock-out "$PEER" "it is in none of $ELEMENTS"
}

# table, unit: somebody may have changed or flushed what the unit loaded.
wall() {
  # shellcheck disable=SC2086
  LOADED=$(nft -s list table $1 2>/dev/null | sha256sum)
  WAS=
  read -r WAS 2>/dev/null <"$S/wall" || :
  [ "$WAS" != "${LOADED%% *}" ] || return 0
  marked "reload.$2" && return 0
  change firewall "$1"
  mark "reload.$2"
}

walled() {
  # shellcheck disable=SC2086
  LOADED=$(nft -s list table $1 2>/dev/null | sha256sum)
  printf '%s\n' "${LOADED%% *}" >"$S/wall"
}

# ---- what runs ----

# Units that an earlier blueprint had and this one has not.
retired() {
  [ -e "$S/units" ] || return 0
  while read -r OLD; do
    case $1 in
      *"$NL$OLD$NL"*) continue ;;
    esac
    change stopped "$OLD" || continue
    quietly systemctl disable --now "$OLD"
  done <"$S/units"
}

reloaded() {
  marked daemon-reload || return 0
  quietly systemctl daemon-reload || fail unit systemd "$OUT"
  unmark daemon-reload
}

# What systemd knows of all units, a line each, in their order.
look_at() {
  STATES=$(systemctl show -p ActiveState -p UnitFileState -p ConditionResult -p ConditionTimestampMonotonic "$@" 2>/dev/null | tr '\n' ' ' | sed 's/  /\n/g')$NL
}

# name, service or oneshot
unit() {
  STATE="${STATES%%"$NL"*} "
  STATES=${STATES#*"$NL"}
  case $STATE in
    *"UnitFileState=enabled "* | *"UnitFileState=static "* | *"UnitFileState=generated "* | *"UnitFileState=alias "*) ;;
    *)
      if change enabled "$1"; then
        quietly systemctl enable "$1" || fail unit "$1" "$OUT"
      fi
      ;;
  esac
  if [ "$2" = oneshot ]; then
    marked "restart.$1" || return 0
    DO=start
  else
    case $STATE in
      *"ActiveState=active "* | *"ActiveState=reloading "*)
        if marked "restart.$1"; then
          DO=restart
        elif marked "reload.$1"; then
          DO=reload
        else
          return 0
        fi
        ;;
      *ConditionTimestampMonotonic=[1-9]*)
        # systemd found that this host has no use for it: a container has its time from elsewhere.
        case $STATE in
          *"ActiveState=inactive "*"ConditionResult=no "* | *"ConditionResult=no "*"ActiveState=inactive "*)
            event note "$1 does not run here: a condition of its own is not met"
            return 0
            ;;
        esac
        DO=start
        ;;
      *) DO=start ;;
    esac
  fi
  change "${DO}ed" "$1" || return 0
  if [ "$2" = oneshot ]; then
    quietly systemctl restart --no-block "$1"
  elif [ "$DO" = start ]; then
    quietly systemctl reset-failed "$1"
    quietly systemctl start "$1"
  elif [ "$DO" = reload ]; then
    quietly systemctl reload-or-restart "$1"
  else
    quietly systemctl restart "$1"
  fi || {
    SAID=$OUT
    OUT=$(journalctl -q -u "$1" -n 6 -o cat --no-pager 2>/dev/null | tail -c 600)
    fail unit "$1" "${OUT:-$SAID}"
  }
  unmark "restart.$1"
  unmark "reload.$1"
}

# name, what tells that there is nothing to do, what does it
command_() {
  if [ -n "$2" ] && (eval "$2") >/dev/null 2>&1; then
    return 0
  fi
  change command "$1" || return 0
  (eval "$3") >"$S/out" 2>&1 || {
    OUT=$(tail -c 600 "$S/out")
    blame command "$1"
  }
}

# ---- the way through ----

# Whether this blueprint was brought about before and nothing has changed since.
known() {
  WAS=
  read -r WAS 2>/dev/null <"$S/applied" || :
  [ "$CHANGES" = 0 ] && [ "$WAS" = "$BLUEPRINT" ]
}

# file, lines: what the next run compares with, whole or not at all.
remember() {
  if ! printf '%s' "$2" >"$S/$1.new" || ! mv -f "$S/$1.new" "$S/$1"; then
    fail disk-full "$S" "a note cannot be written"
  fi
}

main() {
  R='' CHECK='' PEER='' CHANGES=0 SUMS='' STATS='' STATES=''
  while [ $# -gt 0 ]; do
    case $1 in
      --root) R=${2%/} && shift ;;
      --peer) PEER=${2%% *} && shift ;;
      --check) CHECK=yes ;;
      *) fail usage "$1" "no such option" ;;
    esac
    shift
  done
  S=$R/var/lib/lostops
  [ -n "$R" ] || [ "$(id -u)" = 0 ] || fail root "$(id -un)" "this needs root"
  if [ -n "$CHECK" ]; then
    S=$(mktemp -d) && mkdir "$S/pending" && trap 'rm -rf "$S"' EXIT
    for PART in files units wall binaries pending disks; do
      cp -R "$R/var/lib/lostops/$PART" "$S/" 2>/dev/null
    done
  else
    lock
  fi
  body
  event "done" "$CHANGES" "$BLUEPRINT"
  exit 0
}
