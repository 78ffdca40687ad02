#!/bin/sh
# Makes what the tests boot as a virtual machine: Debian or Ubuntu with cloud-init, from their own packages, as a raw disk,
# with its kernel and first root beside it. What a cluster's hosts install is in it, so that they need no network for that.
#
# Usage: image.sh FOLDER [SUITE]      (as root; needs mmdebstrap and mke2fs, for Ubuntu also ubuntu-archive-keyring)
set -eu

folder=${1:?usage: image.sh FOLDER [SUITE]}
suite=${2:-bookworm}
for program in mmdebstrap mke2fs; do
  command -v "$program" >/dev/null || { echo "$program not found: apt-get install mmdebstrap e2fsprogs" >&2; exit 1; }
done

system=systemd,systemd-sysv,dbus,libpam-systemd,udev,kmod,procps,iproute2,netbase,e2fsprogs
start=initramfs-tools,cloud-init,openssh-server
case $suite in
  jammy | noble) components=main,universe start=$start,linux-image-virtual,netplan.io,locales ;;
  *) components=main start=$start,linux-image-cloud-amd64 ;;
esac
hosts=ca-certificates,chrony,curl,unzip,gpgv,nftables,iptables,sudo,docker.io

mkdir -p "$folder"
root=$(mktemp -d "$folder/root.XXXXXX")
trap 'rm -rf "$root"' EXIT INT TERM
chmod 755 "$root"
mmdebstrap --quiet --variant=minbase --mode=root --components="$components" --include="$system,$start,$hosts" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Acquire::Languages "none"' \
  "$suite" "$root"

# Services that fetch something, or wait for hardware that is not there.
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer getty@tty1.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
# What sets up the network as cloud-init says; no other program for that is there.
chroot "$root" systemctl --quiet enable systemd-networkd
# Only a seed tells a host what it is; nobody is asked over the network. Of locales there is one.
printf 'datasource_list: [NoCloud]\nlocale: C.UTF-8\n' >"$root/etc/cloud/cloud.cfg.d/90-seed.cfg"
# Each host makes its own keys and its own identity.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
: >"$root/etc/fstab"

cp "$root"/boot/vmlinuz-* "$folder/kernel.new"
cp "$root"/boot/initrd.img-* "$folder/initrd.new"
rm -f "$folder/disk.new"
truncate -s 3G "$folder/disk.new"
mke2fs -q -t ext4 -L root -d "$root" -F "$folder/disk.new"
for part in kernel initrd disk; do
  mv "$folder/$part.new" "$folder/$part"
done
echo "$folder: kernel, initrd, disk"
