package radio

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	personal   = "ssid = \"Door\"\nkind = \"personal\"\npassword = \"eight888\"\n"
	enterprise = "ssid = \"eduroam\"\nkind = \"enterprise\"\nmethod = \"PEAP\"\nidentity = \"d@uni.example\"\npassword = \"x\"\nca = \"ca.pem\"\nserver = \"radius.uni.example\"\n"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text, from, to, want string // "" is fine
	}{
		{"personal", personal, "", "", ""},
		{"quotes and braces", personal, "eight888", `a\" }\\network={`, ""},
		{"hidden in Germany", personal, "kind", "hidden = true\ncountry = \"DE\"\nkind", ""},
		{"enterprise", enterprise, "", "", ""},
		{"TTLS", enterprise, "PEAP", "TTLS", ""},
		{"TLS", enterprise, "\"PEAP\"\nidentity = \"d@uni.example\"\npassword = \"x\"", "\"TLS\"\nidentity = \"d\"\ncert = \"c.pem\"\nkey = \"k.pem\"", ""},
		{"no text", personal, personal, "", "ssid of 0"},
		{"no toml", personal, "ssid", "[", "wifi.toml"},
		{"an unknown key", personal, "password", "pasword", "pasword"},
		{"a long name", personal, "Door", strings.Repeat("D", 33), "ssid of 33"},
		{"an open network", personal, "personal", "open", "kind"},
		{"a short password", personal, "eight888", "seven77", "password"},
		{"a long password", personal, "eight888", strings.Repeat("p", 64), "password"},
		{"a password in two lines", personal, "eight888", `eight888\npsk=1`, "password"},
		{"a password beyond ASCII", personal, "eight888", "öäüßöäüß", "password"},
		{"a country", personal, "kind", "country = \"de\"\nkind", "country"},
		{"a country in two lines", personal, "kind", "country = \"D\\n\"\nkind", "country"},
		{"a certificate without use", personal, "kind", "ca = \"x\"\nkind", "enterprise"},
		{"no authority", enterprise, "ca = \"ca.pem\"\n", "", "anybody could play"},
		{"no server", enterprise, "server = \"radius.uni.example\"\n", "", "anybody could play"},
		{"two servers", enterprise, "radius.", "a.example;radius.", "server"},
		{"a quote in a server", enterprise, "radius.", `radius\".`, "server"},
		{"a server in two lines", enterprise, "radius.", `radius\n`, "server"},
		{"no identity", enterprise, "d@uni.example", "", "identity"},
		{"another method", enterprise, "PEAP", "LEAP", "method"},
		{"no password", enterprise, "\"x\"", "\"\"", "wants a password"},
		{"TLS without a key", enterprise, "PEAP", "TLS", "wants cert and key"},
		{"a file elsewhere", enterprise, "\"ca.pem\"", "\"../ca.pem\"", "beside"},
		{"a file anywhere", enterprise, "\"ca.pem\"", "\"/ca.pem\"", "beside"},
	} {
		_, err := Parse(strings.Replace(c.text, c.from, c.to, 1))
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, ErrNetwork) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "eight888") {
			t.Errorf("%s: the password is said: %v", c.name, err)
		}
	}
}

// settings gives what a file sets within its network, each line once.
func settings(t *testing.T, conf string) map[string]string {
	t.Helper()
	head, body, ok := strings.Cut(conf, "network={\n")
	body, ok2 := strings.CutSuffix(body, "}\n")
	if !ok || !ok2 || strings.Contains(head, "psk") {
		t.Fatalf("%s", conf)
	}
	all := map[string]string{}
	for line := range strings.Lines(body) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if _, twice := all[key]; !ok || twice {
			t.Fatalf("line %q in\n%s", line, conf)
		}
		all[key] = value
	}
	return all
}

func TestConf(t *testing.T) {
	n, err := Parse(enterprise)
	if err != nil {
		t.Fatal(err)
	}
	s := settings(t, n.Conf("/run/x", true))
	for key, want := range map[string]string{"ssid": hex.EncodeToString([]byte("eduroam")), "eap": "PEAP", "domain_match": `"radius.uni.example"`, "ca_cert": `"/run/x/ca.pem"`,
		"phase2": `"auth=MSCHAPV2"`, "password": "78", "phase1": `"tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1"`} {
		if s[key] != want {
			t.Errorf("%s is %s, want %s", key, s[key], want)
		}
	}
	if s := settings(t, n.Conf("/run/x", false)); !strings.Contains(s["phase1"], "time_checks=1") {
		t.Errorf("%v", s)
	}
}

// FuzzParse holds whatever passes to one value for each setting, and an enterprise to its authority.
func FuzzParse(f *testing.F) {
	f.Add(personal)
	f.Add(enterprise)
	f.Add(strings.Replace(personal, "eight888", `a\" }\\nnetwork={`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrNetwork) {
				t.Fatal(err)
			}
			return
		}
		s := settings(t, n.Conf("/run/x", true))
		if b, err := hex.DecodeString(s["ssid"]); err != nil || string(b) != n.SSID {
			t.Fatalf("%v", s)
		}
		if n.Kind == "enterprise" && (s["ca_cert"] != `"/run/x/ca.pem"` || s["domain_match"] != `"`+n.Server+`"` || n.Server == "") {
			t.Fatalf("%v", s)
		}
	})
}

func TestPrepare(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to give files away")
	}
	from, dir := t.TempDir(), filepath.Join(t.TempDir(), "new")
	n, _ := Parse(enterprise)
	if err := n.Prepare(from, dir, 65533, true); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a certificate: %v", err)
	}
	ca := filepath.Join(from, "ca.pem")
	os.WriteFile(ca, []byte("hello"), 0o644)
	if err := n.Prepare(from, dir, 65533, true); !errors.Is(err, ErrNetwork) {
		t.Errorf("with a certificate that is none: %v", err)
	}
	os.WriteFile(ca, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o644)
	if err := n.Prepare(from, dir, 65533, true); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		mode os.FileMode
	}{{"", os.ModeDir | 0o700}, {"wpa.conf", 0o600}, {"ca.pem", 0o600}} {
		info, err := os.Stat(filepath.Join(dir, c.name))
		if err != nil || info.Mode() != c.mode {
			t.Errorf("%q: %v, %v", c.name, info, err)
		}
	}
	if n, err := Load(filepath.Join(from, "wifi.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%+v, %v", n, err)
	}
	os.WriteFile(filepath.Join(from, "wifi.toml"), []byte(personal), 0o600)
	if n, err := Load(filepath.Join(from, "wifi.toml")); err != nil || n.SSID != "Door" {
		t.Errorf("%+v, %v", n, err)
	}
	os.WriteFile(filepath.Join(from, "wifi.toml"), make([]byte, maxFile+1), 0o600)
	if n, err := Load(filepath.Join(from, "wifi.toml")); !errors.Is(err, ErrNetwork) {
		t.Errorf("%+v, %v", n, err)
	}
}
