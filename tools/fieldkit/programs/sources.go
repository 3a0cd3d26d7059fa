package programs

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
)

// Sum names the source that an image was made from by what is in it, also where there is no version
// control: every file of this module that the programs and the tool that makes images are built from, and
// what go.mod and go.sum pin. It is the sum of go.sum (golang.org/x/mod/sumdb/dirhash, Hash1) in hex.
func (t *Tree) Sum(ctx context.Context) (string, error) {
	const files = `{{$p := .}}{{if .Module}}{{if .Module.Main}}{{range .GoFiles}}{{$p.ImportPath}}/{{.}} {{end}}` +
		`{{range .EmbedFiles}}{{$p.ImportPath}}/{{.}} {{end}}{{range .SFiles}}{{$p.ImportPath}}/{{.}} {{end}}{{end}}{{end}}`
	var all []string
	var device []string
	for _, name := range t.Names() {
		device = append(device, "./firmware/"+name)
	}
	for _, of := range []struct {
		env      []string
		patterns []string
	}{{t.env, append([]string{"-tags", "sim"}, device...)}, {t.env, device}, {t.env, []string{"./tools/fieldkit/image"}}} {
		some, err := t.list(ctx, of.env, files, of.patterns...)
		if err != nil {
			return "", err
		}
		all = append(all, some...)
	}
	all = append(all, Module+"/go.mod", Module+"/go.sum")
	slices.Sort(all)
	sum, err := dirhash.Hash1(slices.Compact(all), func(name string) (io.ReadCloser, error) {
		path := filepath.Join(t.Root, filepath.FromSlash(strings.TrimPrefix(name, Module+"/")))
		if with, ok := t.instead[path]; ok {
			path = with
		}
		return os.Open(path)
	})
	if err != nil {
		return "", fmt.Errorf("programs: %w", err)
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:"))
	if err != nil {
		return "", fmt.Errorf("programs: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// Text is a licence or a notice.
type Text struct {
	Name string // of the file, such as LICENSE
	Data []byte
}

// Licences reads the licence and notice texts of a module that was linked, which is therefore in the cache;
// "std" as path stands for Go itself. It may find none.
func (t *Tree) Licences(path, version string) (texts []Text, err error) {
	dir := t.setting("GOMODCACHE")
	if path == "std" {
		dir = t.goroot
	} else {
		p, err1 := module.EscapePath(path)
		v, err2 := module.EscapeVersion(version)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("programs: module %s@%s: no name of a module", path, version)
		}
		dir = filepath.Join(dir, filepath.FromSlash(p)+"@"+v)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("programs: licence of %s: %w", path, err)
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if !e.Type().IsRegular() || !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "PATENTS"}, func(s string) bool { return strings.HasPrefix(name, s) }) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("programs: licence of %s: %w", path, err)
		}
		texts = append(texts, Text{e.Name(), b})
	}
	return texts, nil
}

func (t *Tree) setting(name string) string {
	for _, s := range t.host {
		if v, ok := strings.CutPrefix(s, name+"="); ok {
			return v
		}
	}
	return ""
}
