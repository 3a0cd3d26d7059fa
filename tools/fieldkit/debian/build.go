package debian

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tellijn/tools/fieldkit/programs"
)

// names are the programs of the package. scout is not among them: on such a system the network is not ours.
func names() []string { return []string{"courier", "dialer", "eye", "warden"} }

// settings of the compiler by Debian's name of a processor.
func settings(arch string) []string {
	switch arch {
	case "amd64":
		return []string{"GOARCH=amd64", "GOAMD64=v1"}
	case "arm64":
		return []string{"GOARCH=arm64", "GOARM64=v8.0"}
	case "armhf":
		return []string{"GOARCH=arm", "GOARM=7"}
	}
	return nil
}

// build builds the programs for a processor, always in the same way, and collects the licences of all that
// is in them. tags are those of the eye.
func build(ctx context.Context, tree *programs.Tree, arch, tags string) (built map[string][]byte, licences []byte, err error) {
	dir, err := os.MkdirTemp("", "debian")
	if err != nil {
		return nil, nil, fmt.Errorf("debian: %w", err)
	}
	defer os.RemoveAll(dir)
	built, linked := map[string][]byte{}, map[string]string{}
	for _, name := range names() {
		args := []string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags=-s -w -buildid=", "-o", filepath.Join(dir, name)}
		if name == "eye" {
			args = append(args, "-tags="+tags)
		}
		c := exec.CommandContext(ctx, "go", append(args, "./firmware/"+name)...)
		c.Dir = tree.Root
		c.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GODEBUG=", "GOFIPS140=off", "GOENV=off")
		c.Env = append(c.Env, settings(arch)...)
		if out, err := c.CombinedOutput(); err != nil {
			return nil, nil, fmt.Errorf("debian: building %s for %s: %w\n%s", name, arch, err, bytes.TrimSpace(out))
		}
		if built[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, nil, fmt.Errorf("debian: %w", err)
		}
		info, err := buildinfo.Read(bytes.NewReader(built[name]))
		if err != nil {
			return nil, nil, fmt.Errorf("debian: %s: %w", name, err)
		}
		linked["std"] = info.GoVersion
		for _, d := range info.Deps {
			linked[d.Path] = d.Version
		}
	}
	licences, err = texts(tree, linked)
	return built, licences, err
}

// texts puts our licence and those of everything that was linked into one file.
func texts(tree *programs.Tree, linked map[string]string) ([]byte, error) {
	own, err := os.ReadFile(filepath.Join(tree.Root, "LICENSE"))
	if err != nil {
		return nil, fmt.Errorf("debian: %w", err)
	}
	var b bytes.Buffer
	part := func(name string, text []byte) {
		fmt.Fprintf(&b, "%s\n%s\n\n%s\n\n", name, strings.Repeat("=", len(name)), bytes.TrimSpace(text))
	}
	part("Tellijn", own)
	for _, module := range slices.Sorted(maps.Keys(linked)) {
		found, err := tree.Licences(module, linked[module])
		if err != nil {
			return nil, fmt.Errorf("debian: %w", err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("debian: no licence of %s %s; it may not be passed on without", module, linked[module])
		}
		for _, t := range found {
			part(module+" "+linked[module]+", "+t.Name, t.Data)
		}
	}
	return b.Bytes(), nil
}
