# ---- disks ----

# device, filesystem, label, path
disk() {
  DEVICE=$1
  [ ! -e "/dev/disk/by-label/$3" ] || DEVICE=/dev/disk/by-label/$3
  if mountpoint -q "$R$4" 2>/dev/null; then
    grow "$2" "$4"
    return 0
  fi
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
  grow "$2" "$4"
}

# filesystem, path: both filesystems grow while they are in use. What cannot be measured is left as it is: it may be
# somebody's own that is mounted there.
grow() {
  HAS=$(blockdev --getsize64 "$DEVICE" 2>/dev/null) || return 0
  if [ "$1" = xfs ]; then
    xfs_growfs -n "$R$2" >"$S/out" 2>/dev/null || return 0
  else
    dumpe2fs -h "$DEVICE" >"$S/out" 2>/dev/null || return 0
  fi
  COUNT=
  UNIT=
  while read -r LINE; do
    case $LINE in
      "Block count:"*) COUNT=${LINE##* } ;;
      "Block size:"*) UNIT=${LINE##* } ;;
      data*" bsize="*" blocks="*,*)
        UNIT=${LINE#*bsize=}
        UNIT=${UNIT%% *}
        COUNT=${LINE#*blocks=}
        COUNT=${COUNT%%,*}
        ;;
    esac
  done <"$S/out"
  [ -n "$COUNT" ] && [ -n "$UNIT" ] || return 0
  # Room that is too small for a group of its own stays unused.
  [ $((COUNT * UNIT + 16777216)) -lt "$HAS" ] || return 0
  change grown "$2" || return 0
  if [ "$1" = xfs ]; then
    quietly xfs_growfs "$R$2" || fail disk-stays "$2" "$OUT"
  else
    quietly resize2fs "$DEVICE" || fail disk-stays "$2" "$OUT"
  fi
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

