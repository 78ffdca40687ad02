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

