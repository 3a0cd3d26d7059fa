package starter

import (
	"os"
	"path/filepath"
	"testing"
)

func TestQuiet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logged")
	for in, want := range map[string]string{
		"kill_process kill_thread trap errno user_notif trace log\n": "trap errno user_notif trace\n",
		"errno\n": "errno\n",
		"\n":      "\n",
	} {
		if err := os.WriteFile(path, []byte(in), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Quiet(path); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if err := Quiet(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no such file is no error")
	}
	// A file that cannot be changed, like a kernel that refuses.
	if err := os.WriteFile(path, []byte("kill_process"), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		os.Chmod(path, 0o400)
		if err := Quiet(path); err == nil {
			t.Error("nothing was changed and no error is given")
		}
	}
}
