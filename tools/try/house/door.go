package house

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"tellijn/privacy/sign"
	"tellijn/tools/try/programs"
)

// Door is one device.
type Door struct {
	Name string
	Key  sign.Public // of its records
	// View is where its states and records come from, to the end; Feed is where frames of a clip go,
	// or nil.
	View io.Reader
	Feed *os.File

	seal    string
	seed    uint64
	process *programs.Process
	view    *os.File
}

// door makes a device: the keys come from its own warden, which alone has the secret halves.
func (h *House) door(ctx context.Context, name string, seed uint64) (*Door, error) {
	conf := h.conf(name)
	if err := write(conf, h.text(name)); err != nil {
		return nil, err
	}
	out, err := h.run(ctx, "warden", "-identity", "-board", "sim", "-dir", h.path(name), "-config", conf)
	if err != nil {
		return nil, err
	}
	var id struct{ Device, Sign, Seal string }
	if _, err := toml.Decode(out, &id); err != nil || id.Device != name {
		return nil, fmt.Errorf("warden -identity said %q, want name and keys of %s: %v", out, name, err)
	}
	key, err := sign.ParsePublic(id.Sign)
	return &Door{Name: name, Key: key, seal: id.Seal, seed: seed}, err
}

// conf is the path of a device's configuration.
func (h *House) conf(name string) string { return h.path(name + ".toml") }

// text is the configuration of a device, without what others tell it. Keys that stand alone come before
// the first table.
func (h *House) text(name string) string { return fmt.Sprintf("device = %q\n%s", name, h.plan.Text) }

// enrol lets a device in at the collector and writes the rest of its configuration.
func (h *House) enrol(ctx context.Context, d *Door, head bool) error {
	kind := "https"
	if h.plan.MQTT {
		kind = "mqtt"
	}
	files := h.path(d.Name, "courier")
	args := []string{"enrol", "-dir", h.path(collectorDir), "-device", d.Name, "-key", d.Key.String(), "-simulated", "-kind", kind,
		"-host", h.Wire.Address(), "-out", files}
	if h.plan.Room != "" {
		args = append(args, "-room", h.plan.Room, "-head="+strconv.FormatBool(head))
	}
	if _, err := h.run(ctx, "collector", args...); err != nil {
		return err
	}
	upload, err := os.ReadFile(filepath.Join(files, "upload.toml"))
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n%s", h.text(d.Name), upload)
	if h.plan.Room != "" {
		fmt.Fprintf(&text, "\n[room]\nname = %q\nhead = %q\n", h.plan.Room, h.Doors[0].Name)
		for _, o := range h.Doors {
			fmt.Fprintf(&text, "\n[[room.door]]\ndevice = %q\nsign = %q\nseal = %q\n", o.Name, o.Key, o.seal)
		}
	}
	return write(h.conf(d.Name), text.String())
}

// start starts the warden of a device, which starts the rest.
func (h *House) start(d *Door) error {
	view, out, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	d.View, d.view = view, view
	own := func(name string) string { return filepath.Join(h.plan.Programs, name) }
	files, args := []*os.File{out}, []string{"-board", "sim", "-config", h.conf(d.Name), "-dir", h.path(d.Name), "-eye", own("eye"),
		"-courier", own("courier"), "-dialer", own("dialer"), "-seed", strconv.FormatUint(d.seed, 10), "-view", "3"}
	if h.plan.Feed {
		in, feed, err := os.Pipe()
		if err != nil {
			return err
		}
		defer in.Close()
		d.Feed, files, args = feed, append(files, in), append(args, "-feed", "4")
	}
	d.process, err = programs.Start(d.Name, own("warden"), append(args, h.plan.Args...), files, h.tell(d.Name))
	if err == nil {
		h.watch(d.process, h.plan.Feed)
	}
	return err
}

// Done is closed when the warden has ended.
func (d *Door) Done() <-chan struct{} { return d.process.Done() }

// Peaks gives the most memory that each program of the device had resident, in bytes.
func (d *Door) Peaks() map[string]int { return programs.Peaks(d.process.Pid()) }

// end lets go of what nobody reads or writes any more.
func (d *Door) end() {
	if d.view != nil {
		d.view.Close()
	}
	if d.Feed != nil {
		d.Feed.Close()
	}
}

// run runs a built program to its end and gives what it prints.
func (h *House) run(ctx context.Context, name string, args ...string) (string, error) {
	var errs strings.Builder
	cmd := exec.CommandContext(ctx, filepath.Join(h.plan.Programs, name), args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, args[0], err, strings.TrimSpace(errs.String()))
	}
	return string(out), nil
}
