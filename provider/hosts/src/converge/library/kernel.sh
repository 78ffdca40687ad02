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

