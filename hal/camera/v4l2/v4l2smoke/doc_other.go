//go:build !linux

// Package v4l2smoke tries hal/camera/v4l2 on a real driver; Linux has them.
package v4l2smoke
