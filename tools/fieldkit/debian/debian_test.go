package debian

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	own "tellijn/firmware/config"
	"tellijn/firmware/warden/first"
	"tellijn/tools/fieldkit/command"
)

// small is a package with tiny programs.
func small(t *testing.T, board string) []byte {
	t.Helper()
	built := map[string][]byte{}
	for _, n := range names() {
		built[n] = []byte("program " + n)
	}
	files, err := Contents(built, board, []byte("licences\n"))
	if err != nil {
		t.Fatal(err)
	}
	deb, err := Pack(control("1.0", "arm64"), files)
	if err != nil {
		t.Fatal(err)
	}
	return deb
}

// tool gives a program of the machine, or skips the test.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s on this machine", name)
	}
	return path
}

// do runs a program with a limit of time and gives what it said.
func do(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, tool(t, name), args...).CombinedOutput()
	return string(out), err
}

func write(t *testing.T, deb []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tellijn.deb")
	if err := os.WriteFile(path, deb, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestReadByDpkg lets Debian's own program read the package.
func TestReadByDpkg(t *testing.T) {
	path := write(t, small(t, ""))
	for _, tc := range []struct {
		flag string
		want []string
	}{
		{"-I", []string{"Package: tellijn", "Version: 1.0", "Architecture: arm64", "Depends: tzdata", "conffiles", "md5sums"}},
		{"-c", []string{"drwx------ root/root         0 1980-01-01 00:00 ./var/lib/tellijn/", "-rwxr-xr-x root/root        14 1980-01-01 00:00 ./usr/lib/tellijn/warden",
			"./usr/lib/systemd/system/tellijn.service", "./usr/share/doc/tellijn/copyright", "drwxr-xr-x root/root         0 1980-01-01 00:00 ./etc/"}},
	} {
		out, err := do(t, "dpkg-deb", tc.flag, path)
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, want := range tc.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", tc.flag, want, out)
			}
		}
		for _, never := range []string{"postinst", "preinst", "prerm", "postrm", "triggers"} { // nothing runs while it is installed
			if strings.Contains(out, never) {
				t.Errorf("%s: %s", tc.flag, never)
			}
		}
	}
	dir := t.TempDir()
	if out, err := do(t, "dpkg-deb", "-x", path, dir); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string]string{"usr/lib/tellijn/eye": "program eye", "usr/share/doc/tellijn/copyright": "licences\n", configFile: string(config)} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %.40q, %v", name, got, err)
		}
	}
}

func TestSameBytes(t *testing.T) {
	a := small(t, "")
	for range 30 { // programs come from a map, whose order differs
		if b := small(t, ""); !bytes.Equal(a, b) || len(a) < 1000 {
			t.Fatalf("%d and %d bytes differ", len(a), len(b))
		}
	}
}

func TestPackRefuses(t *testing.T) {
	for name, files := range map[string][]File{
		"absolute": {{Path: "/etc/passwd"}}, "elsewhere": {{Path: "../etc/passwd"}}, "unclean": {{Path: "a//b"}}, "empty": {{}}, "twice": {{Path: "a"}, {Path: "a"}}, "file and folder": {{Path: "a/"}, {Path: "a"}},
	} {
		if _, err := Pack(control("1", "arm64"), files); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestInstalled lets dpkg install into a folder, change a setting, and install a later version: the
// setting stays.
func TestInstalled(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("dpkg installs as root only")
	}
	root := installed(t, write(t, small(t, "")))
	setting := filepath.Join(root, configFile)
	if err := os.WriteFile(setting, []byte("device = \"mine\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := Contents(map[string][]byte{"warden": []byte("later")}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	later, err := Pack(control("1.1", "arm64"), files)
	if err != nil {
		t.Fatal(err)
	}
	into(t, root, write(t, later))
	if got, err := os.ReadFile(setting); err != nil || string(got) != "device = \"mine\"\n" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := os.ReadFile(filepath.Join(root, programDir, "warden")); err != nil || string(got) != "later" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(root, programDir, "eye")); !os.IsNotExist(err) {
		t.Error("a program that the later version has no more stays")
	}
}

// installed gives a folder into which dpkg has put a package.
func installed(t *testing.T, deb string) string {
	t.Helper()
	root := t.TempDir()
	for _, d := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	into(t, root, deb)
	return root
}

func into(t *testing.T, root, deb string) {
	t.Helper()
	// tzdata is not in the folder, and the package need not be of this machine.
	if out, err := do(t, "dpkg", "--root="+root, "--force-depends", "--force-architecture", "-i", deb); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// TestSettings holds what the package brings along against the programs that read it.
func TestSettings(t *testing.T) {
	all, err := boards.All()
	if err != nil {
		t.Fatal(err)
	}
	// As it is, and with every example in it made valid.
	open := regexp.MustCompile(`(?m)^# ([a-z_\[])`).ReplaceAllString(string(config), "$1")
	open = strings.ReplaceAll(open, `= "" `, `= "`+strings.Repeat("1", 64)+`" `)
	if open == string(config) || strings.Contains(open, `= ""`) {
		t.Fatal(open)
	}
	for _, b := range all {
		for _, text := range []string{string(config), open} {
			c := b
			if err := own.Apply("config.toml", text, &c); err != nil {
				t.Errorf("%s: %v\n%s", b.Name, err, text)
			}
		}
		if !bytes.Contains(settled([]string{b.Name}, b.Name, b.Kind.Pretended()), []byte("\nBOARD="+b.Name+"\n")) {
			t.Error(b.Name)
		}
	}
	if off := strconv.Itoa(first.PowerOff); !bytes.Contains(service, []byte("\nSuccessExitStatus="+off+"\n")) || !bytes.Contains(service, []byte("\nRestartPreventExitStatus="+off+"\n")) {
		t.Errorf("the unit knows another end by the button than %s", off)
	}
	if bytes.Contains(settled(nil, "sim", true), []byte("approval.cose")) || !bytes.Contains(settled(nil, "", false), []byte("\nAPPROVAL=-approval=/etc/tellijn/approval.cose\n")) {
		t.Error("approval")
	}
}

func TestCalledWrongly(t *testing.T) {
	for args, want := range map[string]string{
		"": "-o is needed", "-o x -arch mips": `-arch "mips"`, "-o x -version v1": `-version "v1"`, "-o x -version 1;rm": `-version "1;rm"`, "-o x y": `"y" is no flag`,
	} {
		var out bytes.Buffer
		if err := Command().Run(t.Context(), strings.Fields(args), &out, &out); !errors.Is(err, command.ErrUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", args, err, want)
		}
	}
	var out bytes.Buffer
	if err := Command().Run(t.Context(), []string{"-o", "x", "-board", "toaster"}, &out, &out); err == nil || !strings.Contains(err.Error(), `no board "toaster"`) {
		t.Error(err)
	}
}
