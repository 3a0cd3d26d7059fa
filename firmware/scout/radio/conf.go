package radio

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Names of the files for the supplicant.
const (
	confName, caName, certName, keyName = "wpa.conf", "ca.pem", "cert.pem", "key.pem"
)

// Conf is the file of wpa_supplicant, with those that it names in dir. timed says that somebody knows what time
// it is now: otherwise nobody can say whether a certificate is too old, and none is refused for that, since without
// a network nobody would ever know. (wpa_supplicant.conf(5); wpa_supplicant 2.10, wpa_supplicant.conf)
func (n *Network) Conf(dir string, timed bool) string {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	line("update_config=0\np2p_disabled=1\nap_scan=1\nsae_pwe=2\npmf=1")
	if n.Country != "" {
		line("country=%s", n.Country)
	}
	line("network={\nssid=%x", n.SSID)
	if n.Hidden {
		line("scan_ssid=1")
	}
	if n.Kind == "personal" {
		// In quotes, for a bare one would be the key itself; the last quote of the line is the end.
		line("key_mgmt=SAE WPA-PSK-SHA256 WPA-PSK\nproto=RSN\npairwise=CCMP\ngroup=CCMP\nieee80211w=1\npsk=\"%s\"\n}", n.Password)
		return b.String()
	}
	line("key_mgmt=WPA-EAP-SHA256 WPA-EAP\nproto=RSN\npairwise=CCMP\ngroup=CCMP\nieee80211w=1\neap=%s", n.Method)
	line("identity=%x\nca_cert=\"%s\"\ndomain_match=\"%s\"", n.Identity, filepath.Join(dir, caName), n.Server)
	if n.Anonymous != "" {
		line("anonymous_identity=%x", n.Anonymous)
	}
	how := "tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1"
	if !timed {
		how += " tls_disable_time_checks=1"
	}
	line("phase1=\"%s\"", how)
	switch n.Method {
	case "PEAP":
		line("phase2=\"auth=MSCHAPV2\"\npassword=%x", n.Password)
	case "TTLS":
		line("phase2=\"auth=PAP\"\npassword=%x", n.Password)
	case "TLS":
		line("client_cert=\"%s\"\nprivate_key=\"%s\"", filepath.Join(dir, certName), filepath.Join(dir, keyName))
	}
	line("}")
	return b.String()
}

// Prepare writes all that the supplicant reads into dir, which it makes for the user and group that the
// supplicant becomes, and nobody else. from is the folder of wifi.toml. It wants to be root.
func (n *Network) Prepare(from, dir string, user int, timed bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("radio: %w", err)
	}
	files := map[string][]byte{confName: []byte(n.Conf(dir, timed))}
	for to, name := range map[string]string{caName: n.CA, certName: n.Cert, keyName: n.Key} {
		if name == "" {
			continue
		}
		b, err := read(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if p, _ := pem.Decode(b); p == nil {
			return fmt.Errorf("%w: %s: want a file that begins with -----BEGIN", ErrNetwork, name)
		}
		files[to] = b
	}
	for name, b := range files {
		path := filepath.Join(dir, name)
		err := os.WriteFile(path, b, 0o600)
		if err == nil {
			err = os.Chown(path, user, user)
		}
		if err != nil {
			return fmt.Errorf("radio: %w", err)
		}
	}
	if err := os.Chown(dir, user, user); err != nil {
		return fmt.Errorf("radio: %w", err)
	}
	return nil
}

// Args are those of wpa_supplicant for an interface, with its name first. It makes no socket for others to
// control it by, and keeps nothing.
func Args(card, dir string) []string {
	return []string{"wpa_supplicant", "-D", "nl80211", "-i", card, "-c", filepath.Join(dir, confName)}
}
