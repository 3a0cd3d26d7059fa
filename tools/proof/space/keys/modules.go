package keys

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ModuleReads gives every place in packages from elsewhere, which the programs link, that asks for
// the environment or the command line; and how many packages were looked through.
func ModuleReads(ctx context.Context, root string) (found []Place, packages int, err error) {
	c := exec.CommandContext(ctx, "go", "list", "-deps", "-tags", "sim", "-f",
		`{{if not .Standard}}{{.ImportPath}}|{{.Dir}}|{{join .GoFiles ","}}{{end}}`, "./firmware/eye", "./firmware/warden", "./firmware/courier", "./firmware/dialer", "./firmware/scout")
	c.Dir = root
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := c.Output()
	if err != nil {
		return nil, 0, fmt.Errorf("keys: go list: %w; does the tree build?", err)
	}
	for line := range strings.Lines(string(out)) {
		part := strings.Split(strings.TrimSpace(line), "|")
		if len(part) != 3 || strings.HasPrefix(part[0], "tellijn/") {
			continue
		}
		packages++
		for _, name := range strings.Split(part[2], ",") {
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, filepath.Join(part[1], name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, packages, fmt.Errorf("keys: %w", err)
			}
			found = append(found, reads(f, func(p token.Pos) string {
				return fmt.Sprintf("%s/%s:%d", part[0], name, set.Position(p).Line)
			})...)
		}
	}
	return found, packages, nil
}
