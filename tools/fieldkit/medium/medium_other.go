//go:build !linux

package medium

import (
	"errors"
	"fmt"
)

// Open wraps ErrAbsent.
func Open(path string) (*Medium, error) {
	return nil, fmt.Errorf("%w: %s; hint: flash -o FILE makes a card image of one device, which Raspberry Pi Imager writes", ErrAbsent, path)
}

// Flush returns when the system has taken everything that was written.
func (m *Medium) Flush() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.f.Sync(); err != nil {
		return fmt.Errorf("medium: flushing: %w", err)
	}
	return nil
}

// Discard is not known here.
func (m *Medium) Discard(_, _ int64) error {
	return fmt.Errorf("medium: discarding: %w", errors.ErrUnsupported)
}

// Reread does nothing here.
func (m *Medium) Reread() {}

// Unmount wraps ErrAbsent.
func Unmount(at string) error { return fmt.Errorf("%w: %s", ErrAbsent, at) }

func (m *Medium) close() error { return m.f.Close() }
