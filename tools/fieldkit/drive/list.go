package drive

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Places are where a system says what drives it has. Tests have their own.
type Places struct{ Sys, Proc, Dev string }

// Here are the places of this system.
func Here() Places { return Places{"/sys", "/proc", "/dev"} }

// List gives the removable drives in order of their names, without those that hold no card. It wraps
// ErrNoList on a system that is not Linux.
func (p Places) List() ([]Drive, error) {
	entries, err := os.ReadDir(filepath.Join(p.Sys, "block"))
	if err != nil {
		return nil, fmt.Errorf("%w (%s: %w)", ErrNoList, runtime.GOOS, err)
	}
	var all []Drive
	for _, e := range entries {
		d, err := p.drive(e.Name())
		if err != nil {
			return nil, err
		}
		if d.Removable && d.Bytes > 0 {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b Drive) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Find gives the drive with that name or path, removable or not. What is a partition is refused.
func (p Places) Find(name string) (Drive, error) {
	base := strings.TrimPrefix(name, p.Dev+"/")
	if base == "" || strings.ContainsAny(base, "/\\") || base == "." || base == ".." {
		return Drive{}, fmt.Errorf("drive: %q, want a drive such as %s/sdb; fieldkit flash lists them", name, p.Dev)
	}
	if _, err := os.Stat(filepath.Join(p.Sys, "block")); err != nil {
		return Drive{}, fmt.Errorf("%w (%s: %w)", ErrNoList, runtime.GOOS, err)
	}
	if _, err := os.Stat(p.block(base)); err != nil {
		whole, _ := filepath.Glob(filepath.Join(p.Sys, "block", "*", base))
		if len(whole) == 1 {
			return Drive{}, fmt.Errorf("drive: %q is a partition; hint: the whole drive is %s/%s", name, p.Dev, filepath.Base(filepath.Dir(whole[0])))
		}
		return Drive{}, fmt.Errorf("drive: no drive %q; hint: is the card in? fieldkit flash lists what there is", name)
	}
	return p.drive(base)
}

// Free has unmount take what is mounted on a drive out of use, if that is the only thing against it, and
// gives the drive as it is then.
func (p Places) Free(d Drive, least int64, a Allow, unmount func(at string) error) (Drive, error) {
	if len(d.Mounted) == 0 {
		return d, nil
	}
	without := d
	without.Mounted = slices.DeleteFunc(slices.Clone(d.Mounted), foreign)
	if err := without.Refuse(least, a); err != nil {
		return d, err
	}
	for _, at := range slices.Backward(d.Mounted) { // what was mounted last may lie in what was before
		if err := unmount(at); err != nil {
			return d, err
		}
	}
	return p.Find(d.Name)
}

func (p Places) block(name string) string { return filepath.Join(p.Sys, "block", name) }

// drive reads what the system says of one.
func (p Places) drive(name string) (d Drive, err error) {
	at := p.block(name)
	word := func(file string) string {
		b, _ := os.ReadFile(filepath.Join(at, file)) // a drive does not say everything
		return strings.Join(strings.Fields(string(b)), " ")
	}
	d = Drive{Name: name, Path: filepath.Join(p.Dev, name), ReadOnly: word("ro") == "1"}
	sectors, err := strconv.ParseInt(word("size"), 10, 64)
	if err != nil {
		return d, fmt.Errorf("drive: size of %s: %w", name, err)
	}
	d.Bytes = sectors * 512 // whatever the sectors of the drive are, see Documentation/ABI/stable/sysfs-block
	d.Model = strings.TrimSpace(word("device/vendor") + " " + word("device/model"))
	if d.Model == "" {
		d.Model = word("device/name") // of a card in a slot
	}
	real, err := filepath.EvalSymlinks(at)
	if err != nil {
		return d, fmt.Errorf("drive: %w", err)
	}
	// A chip that is soldered in speaks as a card does, but says MMC instead of SD.
	slot := strings.HasPrefix(name, "mmcblk") && word("device/type") != "MMC" && !strings.Contains(name, "boot")
	d.Removable = word("removable") == "1" || slot || strings.Contains(real, "/usb")
	return d, p.uses(&d)
}

// uses finds out what the computer does with a drive and its partitions.
func (p Places) uses(d *Drive) error {
	parts, err := filepath.Glob(filepath.Join(p.block(d.Name), d.Name+"*"))
	if err != nil {
		return fmt.Errorf("drive: %w", err)
	}
	names, numbers := []string{}, []string{}
	for _, at := range append(parts, p.block(d.Name)) {
		names = append(names, filepath.Join(p.Dev, filepath.Base(at)))
		if b, err := os.ReadFile(filepath.Join(at, "dev")); err == nil {
			numbers = append(numbers, strings.TrimSpace(string(b)))
		}
		held, _ := os.ReadDir(filepath.Join(at, "holders"))
		for _, h := range held {
			d.Held = append(d.Held, h.Name())
		}
	}
	// The third field is major:minor, the fifth where, the one behind the hyphen and the kind of file system
	// what (proc(5)). Some file systems have numbers of their own, so both are looked at.
	mounts, err := os.ReadFile(filepath.Join(p.Proc, "self", "mountinfo"))
	if err != nil {
		return fmt.Errorf("drive: what is mounted: %w", err)
	}
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		dash := slices.Index(f, "-")
		if dash < 5 || len(f) < dash+3 {
			continue
		}
		if slices.Contains(numbers, f[2]) || slices.Contains(names, f[dash+2]) {
			d.Mounted = append(d.Mounted, unescape(f[4]))
		}
	}
	swaps, err := os.ReadFile(filepath.Join(p.Proc, "swaps"))
	if err != nil && !os.IsNotExist(err) { // a kernel without swap has no such file
		return fmt.Errorf("drive: what is swap: %w", err)
	}
	for line := range strings.Lines(string(swaps)) {
		f := strings.Fields(line)
		d.Swap = d.Swap || len(f) > 0 && slices.Contains(names, f[0])
	}
	return nil
}

// unescape takes back what proc(5) does to blanks in names.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
