// Package recipe says what the image of a board is made of: which kernel, which files of the board's own
// firmware, which packages, each with its version and sum. It is read from image.toml in the board's
// folder. It fetches nothing and writes nothing; no program of a device links it.
package recipe

import (
	"fmt"
	"io/fs"
	"strings"

	"tellijn/boards"
	"tellijn/boards/plan"
)

// Recipe is one image.toml. Its texts are as written; Check has held them against what can be.
type Recipe struct {
	Board string // name of the folder
	// Emulated is the QEMU machine that the image is tried on: virt, or raspi3b for boards like it.
	Emulated  string    `toml:"emulated"`
	Radio     bool      `toml:"radio"`      // whether Wi-Fi is in the image at all
	Cmdline   string    `toml:"cmdline"`    // of the kernel, without the argument that names the card
	ConfigTxt []string  `toml:"config_txt"` // lines of config.txt, for the board's own firmware
	Kernel    Kernel    `toml:"kernel"`
	Blobs     Blobs     `toml:"blobs"`
	Packages  []Package `toml:"package"`
	Tried     []Tried   `toml:"tried"`
}

// Kernel is the table [kernel]: a Go module that holds a built kernel. Paths are those in the module.
type Kernel struct {
	Module      string   `toml:"module"`
	Version     string   `toml:"version"`
	Sum         string   `toml:"sum"` // h1:... of the module, as go.sum has it
	Image       string   `toml:"image"`
	DeviceTrees []string `toml:"device_trees"`
	Overlays    []string `toml:"overlays"`
	Modules     []string `toml:"modules"` // in the order of loading
}

// Blobs is the table [blobs]: what the board's own firmware needs, out of a Go module. Empty for boards
// that start without.
type Blobs struct {
	Module  string   `toml:"module"`
	Version string   `toml:"version"`
	Sum     string   `toml:"sum"`
	Start   []string `toml:"start"` // for the first partition
	Slot    []string `toml:"slot"`  // for each slot
}

// Package is one [[package]]: a Debian package of which some files go into the first file system.
type Package struct {
	Name    string `toml:"name"`
	Version string `toml:"version"`
	Arch    string `toml:"arch"`    // arm64 or all
	URL     string `toml:"url"`     // path on the host deb.debian.org, such as debian/pool/main/... or debian-security/pool/...
	SHA256  string `toml:"sha256"`  // of the package, 64 hex digits
	Files   []File `toml:"file"`    // [[package.file]]
	Licence string `toml:"licence"` // path of its copyright file in the package
}

// File is one [[package.file]].
type File struct {
	From string `toml:"from"` // path in the package
	To   string `toml:"to"`   // path in the first file system
}

// Tried is one [[tried]]: how somebody saw this board work.
type Tried struct {
	How     string `toml:"how"` // emulated, bench or door
	What    string `toml:"what"`
	Command string `toml:"command"` // empty where there is none, as at a door
	Result  string `toml:"result"`
}

// file is the name of a recipe in the folder of its board.
const file = "image.toml"

// Lookup gives the recipe of this board. A board without one, such as sim, has no image; that is an
// error too.
func Lookup(board string) (Recipe, error) { return From(boards.Images(), board) }

// All gives every recipe, in the order of the boards' names.
func All() (all []Recipe, err error) {
	for _, name := range boards.Names(boards.Images(), file) {
		r, err := Lookup(name)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// From gives the recipe of this board out of folders that lie in fsys.
func From(fsys fs.FS, board string) (Recipe, error) {
	text, err := fs.ReadFile(fsys, board+"/"+file)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe: no image for board %q; there are: %s", board, strings.Join(boards.Names(fsys, file), ", "))
	}
	r, err := Parse(board+"/"+file, string(text))
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	r.Board = board
	return r, nil
}

// Parse reads and checks the text of one image.toml. Errors say the line and wrap plan.ErrInvalid.
func Parse(name, text string) (r Recipe, err error) {
	if err = plan.Read(name, text, &r); err != nil {
		return Recipe{}, err
	}
	if err = r.check(name, text); err != nil {
		return Recipe{}, err
	}
	return r, nil
}
