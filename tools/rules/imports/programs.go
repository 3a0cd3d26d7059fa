package imports

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"tellijn/tools/rules/source"
)

// Program is one program of the device as the go command sees it: each package that is linked, and
// what that imports.
type Program struct {
	Name    string // such as firmware/eye, with " -tags sim" where that matters
	Root    string // import path of its main package
	Imports map[string][]string
	Never   []string // patterns of packages that it must not link
}

// network is what lets a program speak.
func network() []string { return []string{"net/...", "crypto/tls/...", "golang.org/x/net/..."} }

// speaking is what makes something of a connection: keys, records, and how they are sent.
func speaking() []string {
	return []string{"crypto/tls/...", "crypto/x509/...", "net/http/...", "golang.org/x/net/...", "github.com/eclipse/paho.golang/...",
		"github.com/fxamacker/cbor/...", "github.com/veraison/go-cose/...", "tellijn/privacy/batch", "tellijn/privacy/sign", "tellijn/privacy/record"}
}

// making covers everything by which a program could start others, load code, log elsewhere, look into
// the memory of others, or turn a frame into something that can be looked at; and what is for tests and
// tools only.
func making() []string {
	return []string{"os/exec", "plugin", "log/syslog", "image/...", "runtime/cgo", "os/user",
		"tellijn/tools/...", "tellijn/hal/camera/cameratest", "tellijn/privacy/privacytest/...", "testing/...",
		"tellijn/firmware/upload/collectortest/...", "tellijn/firmware/upload/mqtt/mosquittotest", "tellijn/boards/recipe"}
}

// pixels are the packages that touch what a camera gives.
func pixels() []string {
	return []string{"tellijn/hal/camera/v4l2/...", "tellijn/hal/camera/sim/...", "tellijn/hal/camera/clip",
		"tellijn/hal/camera/feed", "tellijn/hal/camera/lender", "github.com/blackjack/webcam/...",
		"tellijn/counting/luma/...", "tellijn/counting/grid", "tellijn/counting/foreground", "tellijn/counting/blob",
		"tellijn/counting/track", "tellijn/counting/pipeline", "tellijn/firmware/eye/..."}
}

// exact are the packages that hold exact counts, the rule by which they leave, and the keys and files of
// the warden.
func exact() []string {
	return []string{"tellijn/privacy/release", "tellijn/privacy/room/...", "tellijn/privacy/devicelog", "tellijn/firmware/warden/..."}
}

// without takes some out of a list.
func without(list []string, those ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(those, s) })
}

// Programs asks the go command what the programs of a board link. flags go to go list, such as an
// overlay of files that are not on disk.
func Programs(root string, flags ...string) ([]Program, error) {
	beyond := []string{"tellijn/privacy/record", "tellijn/boards/...", "tellijn/ota/...", "tellijn/firmware/queue",
		"tellijn/firmware/warden/...", "tellijn/firmware/courier/...", "tellijn/firmware/upload/...",
		"tellijn/firmware/view", "tellijn/firmware/config", "github.com/BurntSushi/toml", "go.etcd.io/bbolt/..."}
	eye := slices.Concat(network(), making(), beyond, exact(), speaking(), []string{"tellijn/privacy/coding", "tellijn/firmware/store",
		"tellijn/firmware/handoff", "tellijn/firmware/dialer/..."})
	drawn := []string{"tellijn/hal/camera/sim/...", "tellijn/hal/camera/clip", "tellijn/hal/camera/feed", "tellijn/hal/camera/lender"}
	list := []struct {
		folder, tags string
		never        []string
	}{
		{"firmware/eye", "", slices.Concat(eye, drawn)},
		{"firmware/eye", "sim", append(slices.Clone(eye), "tellijn/hal/camera/clip")},
		{"firmware/warden", "", slices.Concat(network(), making(), pixels(), []string{"tellijn/firmware/queue", "tellijn/firmware/courier/...", "tellijn/firmware/upload/...", "tellijn/privacy/batch",
			"tellijn/firmware/dialer/ask", "tellijn/firmware/dialer/serve", "tellijn/firmware/dialer/reach"})},
		// It speaks TLS on connections that it is handed, so it links what could make some; the kernel
		// does not let it (privacy/sandbox). What the dialer does it has no part of, and it looks into nothing
		// that it carries.
		{"firmware/courier", "", slices.Concat(making(), pixels(), exact(), []string{"tellijn/privacy/wire", "tellijn/privacy/record", "tellijn/boards/...", "tellijn/firmware/config",
			"tellijn/firmware/dialer/serve", "tellijn/firmware/dialer/reach"})},
		// It makes connections, and knows nothing that could be said on them.
		{"firmware/dialer", "", slices.Concat(making(), pixels(), beyond, exact(), speaking(), []string{"tellijn/privacy/wire", "tellijn/privacy/coding", "tellijn/firmware/store", "tellijn/firmware/handoff", "tellijn/firmware/dialer/ask"})},
		// It hears strangers and sets the clock, and knows nothing of what the device counts or sends.
		{"firmware/scout", "", slices.Concat(making(), pixels(), without(slices.Concat(beyond, speaking()), "tellijn/boards/...", "github.com/BurntSushi/toml", "golang.org/x/net/..."), exact(),
			[]string{"tellijn/privacy/wire", "tellijn/privacy/coding", "tellijn/firmware/store", "tellijn/firmware/handoff", "tellijn/firmware/dialer/...", "tellijn/boards"})},
	}
	var all []Program
	for _, p := range list {
		imports, err := deps(root, slices.Concat(flags, []string{"-tags", p.tags}), "./"+p.folder)
		if err != nil {
			return nil, err
		}
		name := p.folder
		if p.tags != "" {
			name += " -tags " + p.tags
		}
		all = append(all, Program{name, source.Module + "/" + p.folder, imports, p.never})
	}
	return all, nil
}

// Parts asks the go command what counting and privacy import, without tests and without what
// searches the memory of others for tests. Its root stands for all of their packages.
func Parts(root string, flags ...string) (Program, error) {
	imports, err := deps(root, flags, "./counting/...", "./privacy/...")
	if err != nil {
		return Program{}, err
	}
	p := Program{Name: "counting and privacy", Root: "counting and privacy", Imports: imports, Never: slices.Concat(network(), making())}
	for path := range imports {
		own := match("tellijn/counting/...", path, "") || match("tellijn/privacy/...", path, "")
		if own && !match("tellijn/privacy/privacytest/...", path, "") {
			p.Imports[p.Root] = append(p.Imports[p.Root], path)
		}
	}
	slices.Sort(p.Imports[p.Root])
	return p, nil
}

// deps lists what a board's build of some packages links.
func deps(root string, flags []string, patterns ...string) (map[string][]string, error) {
	args := slices.Concat([]string{"list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`}, flags, patterns)
	c := exec.Command("go", args...)
	c.Dir = root
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("imports: go list %s: %w; is the go command there, and does the tree build?", strings.Join(patterns, " "), err)
	}
	m := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Fields(line); len(fields) > 0 {
			m[fields[0]] = fields[1:]
		}
	}
	return m, nil
}

// Linked gives every package that a program links and must not, with the shortest way to it.
func Linked(programs []Program) (found []source.Finding) {
	for _, p := range programs {
		way := map[string]string{p.Root: p.Root}
		for todo := []string{p.Root}; len(todo) > 0; todo = todo[1:] {
			for _, next := range p.Imports[todo[0]] {
				if _, seen := way[next]; seen {
					continue
				}
				way[next] = way[todo[0]] + " -> " + next
				todo = append(todo, next)
				if among(p.Never, next, "") {
					found = append(found, source.Finding{Rule: "linked", Path: p.Name, Name: next,
						Text: "this program must not link it; the way there is " + way[next]})
				}
			}
		}
	}
	return found
}
