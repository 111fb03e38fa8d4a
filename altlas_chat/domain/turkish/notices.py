"""What people are told that nobody wrote: notifications, and the history of groups."""

NOTICES = {
    "A file": "Dosya",
    "A place": "Konum",
    "A voice message": "Sesli mesaj",
    "An image": "Görsel",
    "New message from {name}": "{name} size mesaj gönderdi",
    "There is something new": "Yeni bir şey var",
    "{name} added you to a group": "{name} sizi bir gruba ekledi",
    "{name} added you to the group {group}": "{name} sizi {group} grubuna ekledi",
    "{name} assigned a task to you": "{name} size bir görev atadı",
    "{name} changed a task of yours": "{name} bir görevinizi değiştirdi",
    "{name} mentioned you": "{name} sizden bahsetti",
    "{name} mentioned you in {group}": "{name}, {group} grubunda sizden bahsetti",
    "{name} reacted to your message with {emoji}": "{name} mesajınıza {emoji} tepkisini verdi",
    "{name} replied to you": "{name} size yanıt verdi",
    "You are an administrator of the group {group} now": "Artık {group} grubunun yöneticisisiniz",
    "You are an ordinary member of the group {group} now": "Artık {group} grubunun sıradan bir üyesisiniz",
    "You are an owner of the group {group} now": "Artık {group} grubunun sahibisiniz",
    "Your role in a group has changed": "Bir gruptaki rolünüz değişti",
    "A message for later could not be sent": "Zamanlanmış bir mesaj gönderilemedi",
}
