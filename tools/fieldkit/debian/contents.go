package debian

import (
	_ "embed"
	"fmt"
	"strings"

	"tellijn/boards"
)

//go:embed tellijn.service
var service []byte

//go:embed config.toml
var config []byte

// Where things lie.
const (
	programDir = "usr/lib/tellijn/"
	configFile = "etc/tellijn/config.toml"
	boardFile  = "etc/tellijn/board"
	stateDir   = "var/lib/tellijn/"
	unitFile   = "usr/lib/systemd/system/tellijn.service"
	docDir     = "usr/share/doc/tellijn/"
)

// control is what the package manager is told.
func control(version, arch string) Control {
	return Control{Name: "tellijn", Version: version, Arch: arch, Depends: "tzdata", Maintainer: "Tellijn maintainers <maintainers@tellijn.invalid>",
		Summary: "counts people crossing a line without anybody ever being able to see them",
		Words: []string{"A camera looks down at a door, and numbers leave: how many went in and out, coarse",
			"enough to hide a lone person. No frame is kept, shown or sent by any program in here.", ".",
			"Installing starts nothing. Say which computer it is in /etc/tellijn/board, fill in",
			"/etc/tellijn/config.toml, put the signed approval to /etc/tellijn/approval.cose, then",
			"systemctl enable --now tellijn."}}
}

// settled is the file that says which computer it is. A pretended board has its test approval in itself.
func settled(names []string, board string, pretended bool) []byte {
	approval := "-approval=/etc/tellijn/approval.cose"
	if pretended {
		approval = ""
	}
	return fmt.Appendf(nil, "# Which computer this is, one of: %s.\nBOARD=%s\n# Where its signed approval lies. Without one a real camera gets no power.\nAPPROVAL=%s\n",
		strings.Join(names, ", "), board, approval)
}

// Contents are the files of the package. board may be empty: then whoever installs it says which it is.
func Contents(programs map[string][]byte, board string, licences []byte) ([]File, error) {
	all, err := boards.All()
	if err != nil {
		return nil, err
	}
	var names []string
	pretended := false
	for _, b := range all {
		names = append(names, b.Name)
		pretended = pretended || b.Name == board && b.Kind.Pretended()
	}
	files := []File{
		{Path: "etc/tellijn/", Mode: 0o755},
		{Path: configFile, Data: config, Mode: 0o644, Conf: true},
		{Path: boardFile, Data: settled(names, board, pretended), Mode: 0o644, Conf: true},
		{Path: stateDir, Mode: 0o700},
		{Path: unitFile, Data: service, Mode: 0o644},
		{Path: docDir + "copyright", Data: licences, Mode: 0o644},
	}
	for name, data := range programs {
		files = append(files, File{Path: programDir + name, Data: data, Mode: 0o755})
	}
	return files, nil
}
