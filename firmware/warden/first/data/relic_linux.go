package data

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"tellijn/boards/card"
)

// relic is a damaged file system, copied to memory and mounted there for reading. Its journal is replayed in
// the copy, which neither the card nor what is set aside on it may change.
type relic struct {
	p    Place
	loop *os.File
	dir  string // where it is mounted, "" when it is not
	why  error
}

// mostFile and mostAll bound what is carried over, in bytes.
const (
	mostFile = 64 * card.MiB
	mostAll  = 96 * card.MiB
)

// exhume makes a relic of what lies at this place of the partition. One that cannot be mounted has no files.
func (p Place) exhume(d *os.File, at int64) *relic {
	r := &relic{p: p}
	if r.why = r.open(d, at); r.why != nil {
		p.Say(fmt.Sprintf("none of its files can be read: %v", r.why))
	}
	return r
}

func (r *relic) open(d *os.File, at int64) error {
	room, dir := filepath.Join(r.p.Old, "room"), filepath.Join(r.p.Old, "files")
	if err := errors.Join(os.MkdirAll(room, 0o700), os.MkdirAll(dir, 0o700)); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", room, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "mode=0700,size=128m"); err != nil {
		return err
	}
	defer unix.Unmount(room, unix.MNT_DETACH) // the loop device holds it as long as it is needed
	copied, err := os.OpenFile(filepath.Join(room, "copy"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer copied.Close()
	if err := sparse(copied, d, at); err != nil {
		return err
	}
	if r.loop, err = attach(copied); err != nil {
		return err
	}
	for blocks := range lendMost + 1 {
		if err = lend(copied, r.p.Pristine, blocks); err != nil {
			return err
		}
		for _, o := range []string{"errors=continue", "errors=continue,noload"} {
			if err = unix.Mount(r.loop.Name(), dir, "ext4", flags|unix.MS_RDONLY, o); err == nil {
				r.dir = dir
				return nil
			}
		}
	}
	return err
}

// sparse copies a file system and leaves out what is zero; what cannot be read is zero too.
func sparse(to *os.File, from io.ReaderAt, at int64) error {
	if err := to.Truncate(card.DataSize); err != nil {
		return err
	}
	buf, zero := make([]byte, chunk), make([]byte, grain)
	for n := int64(0); n < card.DataSize; n += chunk {
		if _, err := from.ReadAt(buf, at+n); err != nil {
			patient(from, buf, at+n)
		}
		for i := 0; i < chunk; i += grain {
			if piece := buf[i : i+grain]; !bytes.Equal(piece, zero) {
				if _, err := to.WriteAt(piece, n+int64(i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// attach gives a block device that shows the file, and is gone when nobody uses it any more.
func attach(f *os.File) (*os.File, error) {
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	for tries := 0; ; tries++ { // somebody else may take the free one
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, err
		}
		loop, err := os.OpenFile(fmt.Sprintf("/dev/loop%d", n), os.O_RDWR, 0)
		if err != nil {
			return nil, err
		}
		err = unix.IoctlLoopConfigure(int(loop.Fd()), &unix.LoopConfig{Fd: uint32(f.Fd()), Info: unix.LoopInfo64{Flags: unix.LO_FLAGS_AUTOCLEAR}})
		if err == nil {
			return loop, nil
		}
		loop.Close()
		if !errors.Is(err, unix.EBUSY) || tries == 10 {
			return nil, err
		}
	}
}

func (r *relic) close() {
	if r.dir != "" {
		_ = unix.Unmount(r.dir, unix.MNT_DETACH)
	}
	if r.loop != nil {
		r.loop.Close()
	}
}

// carry copies folders and plain files with their rights and owners, and gives how many files it copied and how
// many things could not be read. What is there already gives way: an earlier attempt was cut off.
func (r *relic) carry(to string) (carried, lost int) {
	if r.dir == "" {
		return 0, 0
	}
	left := int64(mostAll)
	_ = filepath.WalkDir(r.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			lost++
			return nil // what can be read beside it
		}
		rel, err := filepath.Rel(r.dir, path)
		info, bad := e.Info()
		if err != nil || bad != nil {
			lost++
			return nil
		}
		switch {
		case rel == "." || rel == "lost+found":
		case info.IsDir():
			if err := os.MkdirAll(filepath.Join(to, rel), 0o700); err != nil {
				lost++
				return filepath.SkipDir
			}
			own(filepath.Join(to, rel), info)
		case !info.Mode().IsRegular() || info.Size() > mostFile || info.Size() > left || file(path, filepath.Join(to, rel), info) != nil:
			lost++
		default:
			carried++
			left -= info.Size()
		}
		return nil
	})
	return carried, lost
}

// file copies one file under another name, reads it back, and gives it its name.
func file(from, to string, info os.FileInfo) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	part := to + ".part"
	out, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	sum, back := sha256.New(), sha256.New()
	n, err := io.Copy(out, io.TeeReader(in, sum))
	if err == nil && n != info.Size() {
		err = fmt.Errorf("data: %d bytes of %d", n, info.Size())
	}
	if err == nil {
		err = out.Sync()
	}
	if err == nil {
		_, err = io.Copy(back, io.NewSectionReader(out, 0, n))
	}
	if err == nil && !bytes.Equal(sum.Sum(nil), back.Sum(nil)) {
		err = errors.New("data: the copy differs")
	}
	if err != nil {
		os.Remove(part)
		return err
	}
	own(part, info)
	return os.Rename(part, to)
}

// own gives a copy the owner and the rights of what it was made from.
func own(path string, info os.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Lchown(path, int(st.Uid), int(st.Gid))
	}
	_ = os.Chmod(path, info.Mode().Perm())
}
