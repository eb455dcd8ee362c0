/// The version of the whole project; services, images and packages share it.
package enum BuildVersion {
    package static let current = "1.0.0"
}
