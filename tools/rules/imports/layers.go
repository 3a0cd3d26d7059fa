package imports

// layer says what the packages of one folder may import of this repository. A pattern that ends in
// /... means a folder and all below it; "." stands for the folder of the layer and all below.
type layer struct {
	folder string
	may    []string
}

// layers are looked up from the longest folder to the shortest, so a folder that has its own line
// is not bound by the one above it. A new folder needs a line: adding it is the decision what the
// new code may know.
func layers() []layer {
	return []layer{
		{"hal", nil},
		{"hal/clock", []string{"hal"}},
		{"hal/memory", []string{"hal"}},
		{"hal/alarm", []string{"hal"}},
		{"hal/gpio", []string{"hal"}},
		{"hal/gpio/gpiotest", []string{"hal/gpio"}},
		{"hal/gpio/gpiosmoke", []string{"hal", "hal/gpio"}},
		{"hal/lamp", nil},
		{"hal/lamp/lamptest", []string{"hal/lamp"}},
		{"hal/lamp/lampsmoke", []string{"hal/gpio", "hal/gpio/gpiosmoke", "hal/lamp", "hal/lamp/lamptest"}},
		{"hal/button", nil},
		{"hal/button/gpiobutton", []string{"hal/gpio"}},
		{"hal/button/buttontest", []string{"hal/button"}},
		{"hal/button/buttonsmoke", []string{"hal/button/buttontest", "hal/button/gpiobutton", "hal/gpio", "hal/gpio/gpiosmoke"}},
		{"hal/watchdog", []string{"hal"}},
		{"hal/watchdog/watchdogtest", []string{"hal/watchdog"}},
		{"hal/watchdog/watchdogsmoke", []string{"hal", "hal/watchdog", "hal/watchdog/watchdogtest"}},
		{"hal/rtc", []string{"hal"}},
		{"hal/rtc/simrtc", []string{"hal/rtc"}},
		{"hal/rtc/rtctest", []string{"hal/rtc"}},
		{"hal/rtc/rtcsmoke", []string{"hal", "hal/rtc", "hal/rtc/rtctest"}},
		{"hal/power", []string{"hal"}},
		{"hal/power/simpower", nil},
		{"hal/power/gpiopower", []string{"hal/gpio"}},
		{"hal/power/powersmoke", []string{"hal/gpio", "hal/gpio/gpiosmoke", "hal/power/gpiopower", "hal/power/powertest"}},
		{"hal/power/powertest", []string{"hal", "hal/power"}},
		{"hal/camera", []string{"hal"}},
		{"hal/camera/lender", []string{"hal/camera", "hal/memory"}},
		{"hal/camera/cameratest", []string{"hal/camera", "hal/camera/lender"}},
		{"hal/camera/clip", []string{"hal/camera", "hal/camera/lender"}},
		{"hal/camera/feed", []string{"hal/camera", "hal/camera/lender"}},
		{"hal/camera/sim", []string{"hal/camera", "hal/camera/lender", "."}},
		{"hal/camera/v4l2", []string{"hal", "hal/camera", "."}},
		{"hal/camera/v4l2/device", nil},
		{"hal/camera/v4l2/locks", []string{"hal/camera/v4l2/abi"}},
		// The smoke test is a package that holds tests, so it may use the test twin.
		{"hal/camera/v4l2/v4l2smoke", []string{"hal/camera", "hal/camera/cameratest", "hal/camera/v4l2"}},

		// Each stage knows the one before it, the scene and the limits.
		{"counting", nil},
		{"counting/scene", []string{"counting"}},
		{"counting/luma", []string{"counting", "hal/camera", "."}},
		{"counting/grid", []string{"counting", "counting/scene", "counting/luma/...", "hal/camera"}},
		{"counting/foreground", []string{"counting", "counting/scene", "counting/grid"}},
		{"counting/blob", []string{"counting", "counting/scene", "counting/foreground"}},
		{"counting/track", []string{"counting", "counting/scene", "counting/blob"}},
		{"counting/crossing", []string{"counting", "counting/scene", "counting/track"}},
		{"counting/tally", []string{"counting", "counting/scene", "counting/crossing"}},
		{"counting/pipeline", []string{"counting/...", "hal/camera", "privacy/wipe"}},

		{"privacy/datum", nil},
		{"privacy/layers", nil},
		{"privacy/room", []string{"privacy/coding", "privacy/sign", "privacy/release", "."}},
		{"privacy/sandbox", []string{"privacy/layers", "."}},
		{"privacy/sandbox/confine/room", nil},
		{"privacy/sandbox/eyes", []string{"hal/camera/v4l2/abi", "privacy/sandbox", "privacy/sandbox/filter", "privacy/wire"}},
		{"privacy/wipe", nil},
		{"privacy/privacytest", []string{"hal", "hal/camera", "."}},
		{"privacy/wire", []string{"counting", "counting/tally", "hal/camera", "privacy/layers", "."}},
		{"privacy/batch", []string{"privacy/coding", "privacy/sign"}},
		{"privacy/record", []string{"counting", "counting/tally", "hal/camera", "privacy/coding", "privacy/layers", "privacy/sign", "."}},
		{"privacy/sign", nil},
		{"privacy/coding", nil},
		{"privacy/approval", []string{"counting", "counting/scene", "privacy/coding", "privacy/sign"}},
		{"privacy/release", nil},
		{"privacy/devicelog", []string{"privacy/coding", "privacy/layers", "privacy/sign", "."}},

		{"boards", []string{"counting", "counting/scene", "hal/camera", "."}},

		// What each program may link is in programs.go.
		{"firmware/store", nil},
		{"firmware/store/storetest", nil},
		{"firmware/queue", []string{"firmware/store"}},
		{"firmware/warden/ledger", []string{"firmware/store"}},
		{"firmware/warden/calendar", nil},
		{"firmware/warden/enrol", []string{"firmware/warden/ledger"}},
		// The first process knows the card, and nothing of what is counted; only its head knows the rest of the warden.
		{"firmware/warden/first", []string{"boards", "boards/card", "boards/plan", "firmware/config", "firmware/warden/enrol", "firmware/warden/signs", "."}},
		{"firmware/warden/first/data", []string{"boards/card"}},
		{"firmware/warden/first/device", []string{"boards/card"}},
		{"firmware/warden/first/disk", nil},
		{"firmware/warden/first/look", nil},
		{"firmware/warden/first/mounts", nil},
		{"firmware/warden/first/programs", nil},
		{"firmware/warden/first/tell", nil},
		{"firmware/warden/signs", nil},
		{"firmware/pair", nil},
		// It reads what strangers send, so it knows nothing of what a device counts.
		{"firmware/scout", []string{"boards/plan", "firmware/pair", "hal", "hal/clock/...", "hal/rtc", "privacy/layers", "privacy/sandbox/...", "privacy/wire/fixed", "."}},
		{"firmware", []string{"hal/...", "counting/...", "privacy/...", "ota/...", "boards/...", "."}},
		{"tools", []string{"hal/...", "counting/...", "privacy/...", "ota/...", "boards/...", "firmware/...", "."}},
	}
}

// modules says which folders may import each package from elsewhere. Tools may import anything.
func modules() []layer {
	return []layer{
		{"github.com/blackjack/webcam", []string{"hal/camera/v4l2", "hal/camera/v4l2/device"}},
		{"golang.org/x/sys/unix", []string{"hal/...", "firmware/warden/first/...", "privacy/sandbox/confine/...", "privacy/privacytest/search/..."}},
		{"periph.io/x", []string{"hal/..."}},
		{"github.com/BurntSushi/toml", []string{"boards/...", "firmware/config"}},
		{"github.com/fxamacker/cbor/v2", []string{"privacy/coding", "privacy/privacytest/cddl"}},
		{"github.com/veraison/go-cose", []string{"privacy/sign"}},
		{"github.com/eclipse/paho.golang", []string{"firmware/upload/mqtt/..."}},
		{"github.com/vishvananda/netlink", []string{"firmware/scout/links"}},
		{"github.com/insomniacslk/dhcp", []string{"firmware/scout/dhcp"}},
		{"github.com/beevik/ntp", []string{"firmware/scout/sntp"}},
		{"go.etcd.io/bbolt", []string{"firmware/queue", "firmware/store", "firmware/warden/ledger"}},
	}
}

// standard says which packages of the standard library a folder may import, where that is bounded.
// Counting is pure: no operating system, no unsafe, no reflection, no goroutines, no randomness.
func standard() []layer {
	return []layer{
		{"counting", []string{"cmp", "encoding/binary", "errors", "fmt", "math", "math/bits", "slices", "time"}},
	}
}

// banned packages of the standard library, by the folders in which no file but a test may import
// them.
func banned() []layer {
	return []layer{
		{"os/exec", []string{"firmware", "hal", "privacy", "boards"}},
		{"plugin", []string{"firmware", "hal", "privacy", "boards"}},
		{"net", []string{"hal", "privacy", "boards"}},
		{"image", []string{"firmware", "hal", "privacy", "boards"}},
		{"log", []string{"firmware", "hal", "privacy", "boards"}}, // logs are events with typed fields: log/slog
		{"reflect", []string{"hal", "privacy"}},
		{"math/rand", []string{"hal", "privacy", "firmware", "boards"}}, // randomness comes in as an argument
	}
}
