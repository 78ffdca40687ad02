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

