// Package cameras tries hal/camera/v4l2 on unmodified drivers of the kernel, without a camera on the
// desk: its test boots an arm64 kernel with tools/rig/vm and runs in it what hal/camera/v4l2/v4l2smoke
// runs on a real camera, and more, on two drivers: vivid, which is a camera without hardware, and
// uvcvideo, for which hal/camera/v4l2/usbcam plays the camera. It never looks at what a frame shows
// and stands outside the data path.
//
// The kernel is the Debian package linux-image-VERSION-arm64 of the architecture arm64, since only
// Debian's has vivid; vm.FindKernel says where it is looked for.
package cameras
