package radio

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/inside"
)

// TestMain is the first process of the virtual machine too.
func TestMain(m *testing.M) {
	guesttest.Run(m, guesttest.Tests{Options: map[string]string{"mac80211_hwsim": "radios=2"}, Prepare: func() error {
		for _, dir := range []string{"/etc", "/run", "/tmp", "/card", "/ap"} {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		return nil
	}})
}

// trial is one network and what the device is told of it.
type trial struct {
	name  string
	ap    string // lines of hostapd.conf
	toml  string // wifi.toml
	said  string // by the scout; "" for an address
	wrong string // may not be said
}

const (
	psk  = "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=correct horse\n"
	sae  = "wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\nieee80211w=2\nsae_require_mfp=1\nsae_password=correct horse\n"
	eap  = "wpa=2\nwpa_key_mgmt=WPA-EAP\nrsn_pairwise=CCMP\nieee8021x=1\neap_server=1\neap_user_file=/ap/users\nca_cert=/ap/ca.pem\nserver_cert=/ap/cert.pem\nprivate_key=/ap/key.pem\n"
	own  = "ssid = \"Door\"\nkind = \"personal\"\npassword = \"correct horse\"\n"
	uni  = "ssid = \"Door\"\nkind = \"enterprise\"\nmethod = \"PEAP\"\nidentity = \"d@uni.example\"\npassword = \"secret\"\nca = \"ca.pem\"\nserver = \"radius.uni.example\"\n"
	none = "does not show the certificate that was asked for"
)

func trials() []trial {
	change := strings.Replace
	return []trial{
		{"WPA2-Personal", psk, own, "", ""},
		{"WPA3-Personal", sae, own, "", ""},
		{"WPA2-Enterprise PEAP", eap, uni, "", ""},
		{"WPA2-Enterprise TTLS", eap, change(uni, "PEAP", "TTLS", 1), "", ""},
		{"WPA2-Enterprise TLS", eap, change(change(uni, "PEAP", "TLS", 1), "password = \"secret\"", "cert = \"cert.pem\"\nkey = \"key.pem\"", 1), "", ""},
		{"wrong password", psk, change(own, "correct", "wrong", 1), "does not take the password", ""},
		{"wrong password of an identity", eap, change(uni, "secret", "guess", 1), "does not let this device in", ""},
		{"wrong authority", eap, change(uni, "ca.pem", "other.pem", 1), none, ""},
		{"wrong server", eap, change(uni, "radius.", "radios.", 1), none, ""},
	}
}

type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *words) Write(b []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(b) }
func (o *words) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

func run(t *testing.T, args ...string) *words {
	t.Helper()
	out := new(words)
	c := exec.Command(args[0], args[1:]...)
	c.Stdout, c.Stderr, c.Env = out, out, []string{}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM)
		for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && syscall.Kill(c.Process.Pid, 0) == nil; time.Sleep(50 * time.Millisecond) {
			syscall.Wait4(c.Process.Pid, nil, syscall.WNOHANG, nil)
		}
	})
	return out
}

// TestGuestRadio has the scout join networks, and not join others.
func TestGuestRadio(t *testing.T) {
	if !inside.Guest() {
		t.Skip("for the virtual machine")
	}
	certificates(t, "/ap", "/card")
	write(t, "/ap/users", "* PEAP,TTLS,TLS\n\"d@uni.example\" MSCHAPV2,TTLS-PAP \"secret\" [2]\n")
	go lend(t, "wlan1")
	floor := fmt.Sprint(time.Now().Add(-early).Unix()) // one for all: the clock goes back to it
	for _, c := range trials() {
		t.Run(c.name, func(t *testing.T) {
			write(t, "/ap/conf", "interface=wlan1\ndriver=nl80211\nssid=Door\nhw_mode=g\nchannel=1\nctrl_interface_group=0\n"+c.ap)
			write(t, "/card/wifi.toml", c.toml)
			ap := run(t, "/sbin/hostapd", "/ap/conf")
			out := run(t, "/scout", "-interface", "wlan0", "-wifi", "/card/wifi.toml", "-rtc", "/dev/rtc0", "-floor", floor)
			want := c.said
			if want == "" {
				want = "Loaded   network: wlan0: 10.9.0."
			}
			began := time.Now()
			for time.Since(began) < 60*time.Second && !strings.Contains(out.String(), want) {
				time.Sleep(100 * time.Millisecond)
			}
			time.Sleep(time.Second)
			if !strings.Contains(out.String(), want) || c.said != "" && strings.Contains(out.String(), "10.9.0.") {
				t.Errorf("scout:\n%s\nhostapd:\n%s\nkernel:\n%s", out, ap, kernelWords())
				return
			}
			if c.name == trials()[0].name {
				confined(t)
			}
			if !strings.Contains(out.String(), "the network is asked before the clock chip is believed") {
				t.Error("the clock was not at the floor:\n", out)
			}
			t.Logf("after %.1f s:\n%s", time.Since(began).Seconds(), out)
		})
		if t.Failed() && os.Getenv("RADIO_ALL") == "" {
			return
		}
	}
}

// confined looks at the supplicant.
func confined(t *testing.T) {
	t.Helper()
	found, _ := os.ReadDir("/proc")
	for _, f := range found {
		name, _ := os.ReadFile("/proc/" + f.Name() + "/comm")
		if strings.TrimSpace(string(name)) != "wpa_supplicant" {
			continue
		}
		status, _ := os.ReadFile("/proc/" + f.Name() + "/status")
		for _, want := range []string{"Uid:\t65533\t65533", "CapEff:\t0000000000003000", "CapBnd:\t00000000020030e0", "NoNewPrivs:\t1", "Seccomp:\t2", "Seccomp_filters:\t2"} {
			if !strings.Contains(string(status), want) {
				t.Errorf("no %q in\n%s", want, status)
			}
		}
		for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "unix"} {
			b, _ := os.ReadFile("/proc/net/" + table)
			t.Logf("%s: %d sockets", table, strings.Count(string(b), "\n")-1)
		}
		return
	}
	t.Error("no supplicant runs")
}

// kernelWords are those of the kernel about programs that it ended.
func kernelWords() string {
	f, err := os.OpenFile("/dev/kmsg", os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	var b strings.Builder
	fd, line := int(f.Fd()), make([]byte, 8192)
	syscall.SetNonblock(fd, true)
	for {
		n, err := syscall.Read(fd, line)
		if err != nil {
			return b.String()
		}
		if s := string(line[:n]); strings.Contains(s, "audit") || strings.Contains(s, "wlan") {
			b.WriteString(s)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
