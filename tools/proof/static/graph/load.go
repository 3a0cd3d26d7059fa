// Package graph tells what a program of the device can call: it loads the source as it is built for
// a board, and follows every call from main and from the start of each package. It judges nothing
// and runs nothing of what it reads. It stands outside the data path, for tools/proof/static.
//
// What it follows is more than what can happen, never less, but for what is named here:
//
//   - A call through an interface goes to every type that is ever put into one and has the method.
//   - A call of a function value goes to every function of that signature whose address is taken
//     anywhere in what can be reached, and a function that is handed to the runtime may be called.
//   - A test that is always false is not seen as such.
//
// It does not follow calls by name through package reflect; [Reach.Reflective] tells whether any
// can be made. It does not look into the Go runtime, or into assembly.
package graph

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Source says what is looked at.
type Source struct {
	Root string // folder of go.mod
	Tags string // build tags, separated by commas
	// Overlay replaces files, by absolute path, with texts that are not on disk. Tests use it to
	// see that a check can fail.
	Overlay map[string][]byte
}

// needed is what a call graph and an analysis of capabilities ask for.
const needed = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps |
	packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedModule

// Load reads packages and all that they import, as for a 64-bit board: linux, arm64, without cgo. An
// error says that something does not compile.
func Load(ctx context.Context, s Source, patterns ...string) ([]*packages.Package, error) {
	list, err := packages.Load(&packages.Config{
		Mode: needed, Context: ctx, Dir: s.Root, Overlay: s.Overlay, BuildFlags: []string{"-tags=" + s.Tags},
		Env: append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS="),
	}, patterns...)
	if err != nil {
		return nil, fmt.Errorf("graph: loading %s: %w", strings.Join(patterns, " "), err)
	}
	var wrong []error
	packages.Visit(list, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			wrong = append(wrong, e)
		}
	})
	if len(list) == 0 {
		wrong = append(wrong, errors.New("no packages"))
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("graph: loading %s: %w; does the tree build?", strings.Join(patterns, " "), errors.Join(wrong...))
	}
	return list, nil
}

// Standard tells whether a package belongs to Go itself: no other has a first element without a dot,
// but those of this repository.
func Standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "tellijn"
}

// Runtime tells whether a package is part of the Go runtime, which is taken as it is.
func Runtime(path string) bool {
	return path == "runtime" || strings.HasPrefix(path, "internal/runtime/") || strings.HasPrefix(path, "runtime/internal/")
}
