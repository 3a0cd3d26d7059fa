package debian

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
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

// build builds the programs for a processor and collects the licences of all that is in them. tags are those of
// the eye.
func build(ctx context.Context, tree *programs.Tree, arch, tags string) (built map[string][]byte, licences []byte, err error) {
	all, err := tree.For(settings(arch)...).Build(ctx, tags, names()...)
	if err != nil {
		return nil, nil, fmt.Errorf("debian: for %s: %w", arch, err)
	}
	built, linked := map[string][]byte{}, map[string]string{}
	for _, p := range all {
		built[p.Name], linked["std"] = p.Data, p.Info.GoVersion
		for _, d := range p.Info.Deps {
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
