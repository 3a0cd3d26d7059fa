package static

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"tellijn/tools/proof/claim"
	"tellijn/tools/rules/imports"
)

// imported judges import graphs.
func imported(ctx context.Context, root string, overlay map[string][]byte) ([]claim.Result, error) {
	var flags []string
	if overlay != nil {
		file, err := replaced(overlay)
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(filepath.Dir(file))
		flags = []string{"-overlay", file}
	}
	parts, err := imports.Parts(root, flags...)
	if err != nil {
		return nil, err
	}
	programs, err := imports.Programs(root, flags...)
	if err != nil {
		return nil, err
	}
	cgo, err := withC(ctx, root, flags)
	if err != nil {
		return nil, err
	}
	wrong := func(p imports.Program) (texts []string) {
		for _, f := range imports.Linked([]imports.Program{p}) {
			texts = append(texts, f.Name+" in "+f.Path+": "+f.Text)
		}
		return texts
	}
	bad := wrong(parts)
	out := []claim.Result{judged("Networks and picture makers that counting and privacy import", "the whole import graph was searched for networks, TLS, other programs, plug-ins and makers of pictures",
		fmt.Sprintf("%d forbidden among %d packages", len(bad), len(parts.Imports)-1), bad, 28, 53)}
	for _, p := range programs {
		if !strings.HasPrefix(p.Name, "firmware/eye") {
			continue
		}
		bad := wrong(p)
		out = append(out, judged("Networks and picture makers that "+p.Name+" links", "the whole import graph was searched for networks, TLS, other programs, plug-ins, makers of pictures, and parts of other programs",
			fmt.Sprintf("%d forbidden among %d packages", len(bad), len(p.Imports)), bad, 28, 31, 53, 64))
	}
	return append(out, judged("Code in C", "no package of the eye, counting or privacy, outside Go itself, has code in C",
		fmt.Sprintf("%d packages with C", len(cgo)), cgo, 28)), nil
}

// withC gives packages outside Go itself that would be built with C if that were allowed.
func withC(ctx context.Context, root string, flags []string) ([]string, error) {
	args := append([]string{"list", "-deps", "-f", "{{if not .Standard}}{{range .CgoFiles}}{{$.ImportPath}} {{end}}{{end}}"}, flags...)
	c := exec.CommandContext(ctx, "go", append(args, "./firmware/eye", "./counting/...", "./privacy/...")...)
	c.Dir = root
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=1")
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("static: go list: %w; does the tree build?", err)
	}
	return strings.Fields(string(out)), nil
}

// replaced writes an overlay as the go command reads it, into a folder of its own.
func replaced(overlay map[string][]byte) (file string, err error) {
	dir, err := os.MkdirTemp("", "tellijn-overlay-")
	if err != nil {
		return "", err
	}
	names := map[string]string{}
	for path, text := range overlay {
		names[path] = filepath.Join(dir, fmt.Sprintf("%d.go", len(names)))
		if err := os.WriteFile(names[path], text, 0o600); err != nil {
			return "", err
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": names})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, b, 0o600)
}
