// Package device runs what tools/bench/day measures: the real programs of one device or of the doors of
// one room, their collector, and the cable between them. It changes nothing in them and looks only from
// outside. A site is made once and copied for each run, so that two runs have the same keys, secrets,
// certificates and configuration and differ in nothing but who walks through the door.
package device

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// Site is one enrolled device, or several of a room, that never ran.
type Site struct {
	Names []string // the first is the head of the room

	dir, programs, room string
	sign, seal          []string
	receipts            string
}

// store is the folder of the collector.
const store = "collector"

// Build builds the programs into dir as they are for a simulated board. It needs the Go command.
func Build(ctx context.Context, dir string) error {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "tellijn").Output()
	if err != nil {
		return fmt.Errorf("device: this is not the source of Tellijn: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "sim", "-trimpath", "-buildvcs=false", "-o", dir+string(filepath.Separator),
		"./firmware/eye", "./firmware/courier", "./firmware/dialer", "./firmware/warden", "./tools/collector")
	cmd.Dir = strings.TrimSpace(string(root))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("device: building the programs: %w\n%s", err, out)
	}
	return nil
}

// Enrol makes a site in a new directory. With more than one name they are doors of a room.
func Enrol(ctx context.Context, programs, dir string, names ...string) (*Site, error) {
	s := &Site{Names: names, dir: dir, programs: programs}
	if len(names) > 1 {
		s.room = "hall"
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	for _, name := range names {
		if err := s.enrol(ctx, name); err != nil {
			return nil, fmt.Errorf("device: %s: %w", name, err)
		}
	}
	return s, nil
}

func (s *Site) enrol(ctx context.Context, name string) error {
	conf := filepath.Join(s.dir, name+".toml")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "device = %q\n", name), 0o600); err != nil {
		return err
	}
	own := filepath.Join(s.dir, name)
	out, err := exec.CommandContext(ctx, filepath.Join(s.programs, "warden"), "-identity", "-board", "sim", "-dir", own, "-config", conf).Output()
	if err != nil {
		return fmt.Errorf("warden -identity: %w", err)
	}
	var id struct{ Sign, Seal string }
	if _, err := toml.Decode(string(out), &id); err != nil {
		return err
	}
	s.sign, s.seal = append(s.sign, id.Sign), append(s.seal, id.Seal)
	args := []string{"enrol", "-dir", filepath.Join(s.dir, store), "-device", name, "-key", id.Sign, "-simulated", "-host", "127.0.0.1", "-out", filepath.Join(own, "courier")}
	if s.room != "" {
		args = append(args, "-room", s.room, fmt.Sprintf("-head=%v", name == s.Names[0]))
	}
	if out, err := exec.CommandContext(ctx, filepath.Join(s.programs, "collector"), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("collector enrol: %w: %s", err, out)
	}
	var upload struct{ Upload struct{ Receipts string } }
	_, err = toml.DecodeFile(filepath.Join(own, "courier", "upload.toml"), &upload)
	s.receipts = upload.Upload.Receipts
	return err
}

// text is the configuration of a device that reaches its collector at an address.
func (s *Site) text(name, address string) string {
	var t strings.Builder
	fmt.Fprintf(&t, "device = %q\n\n[upload]\nkind = \"https\"\naddress = %q\nreceipts = %q\n", name, address, s.receipts)
	if s.room != "" {
		fmt.Fprintf(&t, "\n[room]\nname = %q\nhead = %q\n", s.room, s.Names[0])
		for i, o := range s.Names {
			fmt.Fprintf(&t, "\n[[room.door]]\ndevice = %q\nsign = %q\nseal = %q\n", o, s.sign[i], s.seal[i])
		}
	}
	return t.String()
}

// lay copies a directory with the rights that its files have.
func lay(from, to string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch at := filepath.Join(to, rest); {
		case e.IsDir():
			return os.MkdirAll(at, info.Mode().Perm())
		case info.Mode().IsRegular():
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(at, b, info.Mode().Perm())
		}
		return nil // the socket of a collector that ran
	})
}
