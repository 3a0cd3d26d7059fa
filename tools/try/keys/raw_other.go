//go:build !linux && !darwin

package keys

func raw(int) (back func(), err error) { return nil, errNone }
