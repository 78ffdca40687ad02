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

