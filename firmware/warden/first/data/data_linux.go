package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/boards/card"
)

// Place says where everything is. Its methods are for one goroutine.
type Place struct {
	Device   string // node of the partition
	Dir      string // where it is mounted
	Old      string // a folder in memory, where a damaged one is looked at
	Pristine string // the empty file system, compressed with gzip
	Now      int64  // Unix seconds, for the head of what is set aside
	Say      func(line string)
}

// Found is what came of opening.
type Found struct {
	ReadOnly bool // nothing can be stored: the card does not take writes
	Why      Why  // what was set aside now, or Sound
	Carried  int  // files that were taken over from it
	Lost     int  // files and folders of it that could not be read
}

// flags of the data file system.
const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME

// options: what is said to be on the disk is on the disk, in order; the head of a file system that meets
// an error says so and takes nothing more. (Linux, Documentation/admin-guide/ext4.rst)
const options = "data=ordered,commit=900,errors=remount-ro"

// errDamaged marks what a repair may help against.
var errDamaged = errors.New("damaged")

// Open mounts the data file system, whatever it takes. An error means that there is none: no empty one to
// write, or a card that takes no writes and cannot be read either.
func (p Place) Open() (Found, error) {
	d, err := os.OpenFile(p.Device, os.O_RDWR, 0)
	if errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		return Found{ReadOnly: true}, p.readOnly(err)
	}
	if err != nil {
		return Found{}, fmt.Errorf("data: %w", err)
	}
	defer d.Close()
	why, err := p.usual(d)
	switch {
	case err == nil:
		return p.finish(d)
	case errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES):
		return Found{ReadOnly: true}, p.readOnly(err)
	case !errors.Is(err, errDamaged):
		return Found{}, err
	}
	p.Say(fmt.Sprintf("the data file system is damaged: %v (%v)", why, err))
	return p.repair(d, why)
}

// usual mounts a sound file system.
func (p Place) usual(d *os.File) (Why, error) {
	if why := examine(d); why != Sound {
		return why, fmt.Errorf("data: %w", errDamaged)
	}
	err := unix.Mount(p.Device, p.Dir, "ext4", flags, options)
	if errors.Is(err, unix.EINVAL) && p.plain() == nil {
		// It is not the file system but the options that this kernel does not know.
		if err = unix.Mount(p.Device, p.Dir, "ext4", flags, ""); err == nil {
			p.Say("this kernel does not take the options of the data file system, and it is mounted without")
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, unix.EUCLEAN), errors.Is(err, unix.EBADMSG), errors.Is(err, unix.EINVAL), errors.Is(err, unix.EIO),
		errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.EFBIG):
		return NoMount, fmt.Errorf("data: %w: %w", errDamaged, err)
	default:
		return NoMount, fmt.Errorf("data: mounting %s: %w", p.Device, err)
	}
	why, err := NoRead, walk(p.Dir)
	if err == nil {
		if why = examine(d); why == Sound { // the journal may have carried an error
			return Sound, nil
		}
		err = errors.New("said by its journal")
	}
	if out := unix.Unmount(p.Dir, 0); out != nil {
		return why, fmt.Errorf("data: %w", out)
	}
	return why, fmt.Errorf("data: %w: %w", errDamaged, err)
}

// plain tries whether the file system can be looked at at all.
func (p Place) plain() error {
	if err := unix.Mount(p.Device, p.Dir, "ext4", flags|unix.MS_RDONLY, "noload"); err != nil {
		return err
	}
	return unix.Unmount(p.Dir, 0)
}

// readOnly mounts what cannot be written.
func (p Place) readOnly(why error) error {
	p.Say(fmt.Sprintf("the card takes no writes (%v): nothing can be stored; a new card is needed", why))
	if err := unix.Mount(p.Device, p.Dir, "ext4", flags|unix.MS_RDONLY, "noload"); err != nil {
		return fmt.Errorf("data: mounting %s for reading only: %w", p.Device, err)
	}
	return nil
}

// walk reads every folder and asks for every file.
func walk(dir string) error {
	return filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil {
			_, err = e.Info()
		}
		return err
	})
}

// repair sets the file system aside, unless one is there already, and writes an empty one.
func (p Place) repair(d *os.File, why Why) (Found, error) {
	own, err := p.alone()
	if err != nil {
		return Found{Why: why}, err
	}
	defer own.Close()
	h, there := ReadHead(d)
	var old *relic
	if !there {
		if h, err = setAside(own, why, p.Now); err != nil {
			return Found{Why: why}, err
		}
		p.Say(fmt.Sprintf("it is set aside on the card: %d MiB, SHA-256 begins with %x, %d bytes could not be read", int64(card.DataSize/card.MiB), h.Sum[:8], h.Lost))
	} else if h.Carried {
		p.Say("an older one is set aside already and stays; of this one, what can be read is kept in memory until there is a new one")
		old = p.exhume(d, 0)
		defer old.close()
	}
	pristine, err := os.Open(p.Pristine)
	if err != nil {
		return Found{Why: why}, fmt.Errorf("data: no empty file system to write: %w", err)
	}
	defer pristine.Close()
	if err := renew(own, pristine); err != nil {
		return Found{Why: why}, err
	}
	own.Close() // or it could not be mounted
	if err := unix.Mount(p.Device, p.Dir, "ext4", flags, options); err != nil {
		return Found{Why: why}, fmt.Errorf("data: mounting the empty file system: %w", err)
	}
	if old == nil {
		return p.finish(d)
	}
	return p.take(old, why)
}

// alone opens the partition for nobody else. A program that has just ended may hold the file system for a moment,
// in a namespace of its own: written under it, it would go on as if nothing had happened, and what is mounted then
// would be the old one. (open(2), O_EXCL on block devices)
func (p Place) alone() (own *os.File, err error) {
	for range 50 {
		if own, err = os.OpenFile(p.Device, os.O_RDWR|os.O_EXCL, 0); !errors.Is(err, unix.EBUSY) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("data: repairing %s: %w", p.Device, err)
	}
	return own, nil
}

// finish takes over what can be read of a file system that was set aside, if that was not done yet.
func (p Place) finish(d *os.File) (Found, error) {
	h, there := ReadHead(d)
	if !there || h.Carried {
		return Found{}, nil
	}
	old := p.exhume(d, CopyAt)
	defer old.close()
	found, err := p.take(old, h.Why)
	if err != nil {
		return found, err
	}
	h.Carried = true
	return found, writeHead(d, h)
}

// take carries files over and leaves the note. All of it is on the card when it returns.
func (p Place) take(old *relic, why Why) (Found, error) {
	found := Found{Why: why}
	found.Carried, found.Lost = old.carry(p.Dir)
	p.Say(fmt.Sprintf("%d files were taken over from it, %d could not be read", found.Carried, found.Lost))
	dir := filepath.Join(p.Dir, filepath.Dir(Note))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return found, fmt.Errorf("data: %w", err)
	}
	if err := os.WriteFile(filepath.Join(p.Dir, Note), []byte{byte(why)}, 0o600); err != nil {
		return found, fmt.Errorf("data: %w", err)
	}
	unix.Sync()
	return found, nil
}
