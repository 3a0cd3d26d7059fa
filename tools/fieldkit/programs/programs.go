// Package programs builds what runs on a device, for the processor of a device and always in the same way:
// neither the user's settings, nor the place of the tree, nor its version control changes a byte. It runs
// nothing that it built. It is for installers, outside the data path.
package programs

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Module is the module that the programs belong to.
const Module = "tellijn"

// ErrNoTree is wrapped when there is no source to build from.
var ErrNoTree = errors.New("programs: not in the source tree of tellijn")

// Program is one that was built.
type Program struct {
	Name string // such as warden
	Data []byte
	Info *buildinfo.BuildInfo // modules, Go version, settings
}

// Tree is the source that is built, and the go command that builds it.
type Tree struct {
	Root string // its folder
	Go   string // version, such as go1.26.1

	goroot  string
	overlay string            // file for -overlay of the go command; "" but in the rig
	instead map[string]string // the same, read: of a file in the tree, by its path, another that stands for it
	env     []string
	host    []string // the same for the computer that builds
}

// Find looks for the tree around a folder. When there is none the error wraps ErrNoTree.
func Find(ctx context.Context, folder string) (*Tree, error) {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("programs: %w", err)
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(b, []byte("module "+Module+"\n")) {
			break
		}
		if up := filepath.Dir(dir); up == dir {
			return nil, fmt.Errorf("%w: no go.mod around %q; change into the clone", ErrNoTree, folder)
		}
		dir = filepath.Dir(dir)
	}
	t := &Tree{Root: dir}
	return t, t.settings(ctx)
}

// settings keeps of the user's what says where things lie and come from, and nothing that changes what is
// built.
func (t *Tree) settings(ctx context.Context) error {
	c := exec.CommandContext(ctx, "go", "env", "-json", "GOVERSION", "GOMODCACHE", "GOCACHE", "GOPROXY", "GOSUMDB", "GONOSUMDB",
		"GONOPROXY", "GOPRIVATE", "GOINSECURE", "GOAUTH", "GOTOOLCHAIN", "GOPATH", "GOTMPDIR", "GOROOT")
	c.Dir = t.Root
	out, err := c.Output()
	if err != nil {
		return fmt.Errorf("programs: go env: %w; is Go installed?", because(err))
	}
	kept := map[string]string{}
	if err := json.Unmarshal(out, &kept); err != nil {
		return fmt.Errorf("programs: go env: %w", err)
	}
	t.Go, t.goroot = kept["GOVERSION"], kept["GOROOT"]
	delete(kept, "GOVERSION")
	delete(kept, "GOROOT")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "SystemRoot", "LD_PRELOAD", "FAKETIME"} {
		if v, ok := os.LookupEnv(name); ok {
			kept[name] = v
		}
	}
	for name, v := range kept {
		t.host = append(t.host, name+"="+v)
	}
	slices.Sort(t.host)
	t.host = append(t.host, "GOENV=off", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GODEBUG=", "GO111MODULE=on", "CGO_ENABLED=0", "LC_ALL=C")
	t.env = append(slices.Clone(t.host), "GOOS=linux", "GOARCH=arm64", "GOARM64=v8.0", "GOFIPS140=off")
	return nil
}

// because adds to an error of a command what it complained of.
func because(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
	}
	return err
}

// Names are the programs of a device that the tree has, by name.
func (t *Tree) Names() []string {
	var names []string
	for _, name := range []string{"courier", "dialer", "eye", "scout", "warden"} {
		if _, err := os.Stat(filepath.Join(t.Root, "firmware", name, "main.go")); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// For is the tree for another processor than that of a board, such as "GOARCH=amd64", "GOAMD64=v1".
func (t *Tree) For(settings ...string) *Tree {
	other := *t
	other.env = append(slices.Clone(t.env), settings...) // of two values of a name the last counts
	return &other
}

// Overlaid is the tree with other files in place of some, as the overlay of the go command says (go help build,
// -overlay). No command for installers does this: it is for the rig, which breaks the product on purpose to see
// that its scenarios notice. Sum then is that of what was built.
func (t *Tree) Overlaid(file string) (*Tree, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("programs: %w", err)
	}
	var said struct{ Replace map[string]string }
	if err := json.Unmarshal(b, &said); err != nil {
		return nil, fmt.Errorf("programs: overlay %q: %w", file, err)
	}
	for path, with := range said.Replace {
		if !filepath.IsAbs(path) || !filepath.IsAbs(with) {
			return nil, fmt.Errorf("programs: overlay %q: %q for %q, want absolute paths", file, with, path)
		}
	}
	other := *t
	other.overlay, other.instead = file, said.Replace
	return &other, nil
}

// Build builds the programs of these names, or all. With tags such as "sim" the eye gets those, and only the eye.
func (t *Tree) Build(ctx context.Context, tags string, names ...string) (all []Program, err error) {
	if len(names) == 0 {
		names = t.Names()
	}
	dir, err := os.MkdirTemp("", "programs")
	if err != nil {
		return nil, fmt.Errorf("programs: %w", err)
	}
	defer os.RemoveAll(dir)
	for _, name := range names {
		args := []string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags=-s -w -buildid=", "-o", filepath.Join(dir, name)}
		if name == "eye" && tags != "" {
			args = append(args, "-tags", tags)
		}
		if t.overlay != "" {
			args = append(args, "-overlay", t.overlay)
		}
		c := exec.CommandContext(ctx, "go", append(args, "./firmware/"+name)...)
		c.Dir, c.Env = t.Root, t.env
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("programs: building %s: %w\n%s", name, err, bytes.TrimSpace(out))
		}
		p := Program{Name: name}
		if p.Data, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("programs: %w", err)
		}
		if p.Info, err = buildinfo.Read(bytes.NewReader(p.Data)); err != nil {
			return nil, fmt.Errorf("programs: %s: %w", name, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// list asks go list for a template of packages and all that they need.
func (t *Tree) list(ctx context.Context, env []string, template string, patterns ...string) ([]string, error) {
	c := exec.CommandContext(ctx, "go", append([]string{"list", "-mod=readonly", "-deps", "-f", template}, patterns...)...)
	c.Dir, c.Env = t.Root, env
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("programs: go list: %w", because(err))
	}
	return strings.Fields(string(out)), nil
}
