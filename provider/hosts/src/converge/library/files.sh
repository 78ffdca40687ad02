# ---- folders and files ----

# path, mode, owner
owned() {
  [ "$3" = - ] || [ -n "$R" ] || quietly chown "$3" "$1" || blame file "$1"
  quietly chmod "$2" "$1" || blame file "$1"
}

# path, mode, owner, the mode that it has: the same for a path that this run has just made. Each program that need not be
# started counts on a first run: what root makes is root's, unless its folder hands its group on.
fresh() {
  if [ "$3" != root:root ] || [ -g "${1%/*}" ]; then
    [ "$3" = - ] || [ -n "$R" ] || quietly chown "$3" "$1" || blame file "$1"
  fi
  [ "$2" = "$4" ] || quietly chmod "$2" "$1" || blame file "$1"
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
  [ -d "$1" ] || (umask 022 && mkdir -p "$1")
}

# What a run that was cut off may have left.
gone() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    rm -rf "$1"
  fi
}

# Paths that are to be files: moving a file to where a folder stands would put it inside, and say nothing.
vacant() {
  for TAKEN in "$@"; do
    [ ! -d "$R$TAKEN" ] || fail in-the-way "$TAKEN" "it is a folder"
  done
}

# path, mode, owner
dir() {
  expected "$1" "$2" "$3"
  # shellcheck disable=SC2153
  case $STATS in
    *"${NL}directory $EXPECTED"*) return 0 ;;
  esac
  change folder "$1" || return 0
  if [ -d "$R$1" ]; then
    owned "$R$1" "$2" "$3"
  else
    quietly folder "$R$1" || blame file "$1"
    fresh "$R$1" "$2" "$3" 755
  fi
}

# What stands where a file of ours is to be for the first time is somebody's: it is kept, to be brought back when ours goes.
# That it was looked at is noted before ours is there, so that a run that is cut off never takes ours for theirs.
spare() {
  [ -n "$OURS" ] || spared
  case $OURS in
    *"$NL$1$NL"*) return 0 ;;
  esac
  if [ -f "$R$1" ]; then
    quietly mkdir -p "$S/before${1%/*}" || blame file "$1"
    quietly cp -pP "$R$1" "$S/before$1" || blame file "$1"
  fi
  OURS=$OURS$1$NL
  echo "$1" >>"$S/ours"
}

# The files that are ours already, those of a run that was cut off among them.
spared() {
  OURS=$NL
  [ ! -s "$S/ours" ] || OURS=$NL$(cat "$S/ours")$NL
  [ -e "$S/files" ] || return 0
  while read -r OLD MARKS; do
    OURS=$OURS$OLD$NL
  done <"$S/files"
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
    gone "$R$1.lostops-new"
    printf '%s' "$5" 2>"$S/out" >"$R$1.lostops-new" || {
      # A shell's own printf may not tell a full disk from a broken one ("I/O error"); another program does.
      OUT="$(cat "$S/out") $( (head -c "${#5}" /dev/zero >"$R$1.lostops-new") 2>&1)"
      rm -f "$R$1.lostops-new"
      blame file "$1"
    }
    fresh "$R$1.lostops-new" "$2" "$3" 600
    spare "$1"
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
    # A folder is nothing that we made there.
    [ -e "$R$OLD" ] && [ ! -d "$R$OLD" ] || continue
    change removed "$OLD"
    # shellcheck disable=SC2086
    mark $MARKS
    [ -z "$CHECK" ] || continue
    rm -f "$R$OLD" "$R$OLD.lostops-new"
    [ ! -e "$S/before$OLD" ] || quietly mv -f "$S/before$OLD" "$R$OLD" || blame file "$OLD"
  done <"$S/files"
}

