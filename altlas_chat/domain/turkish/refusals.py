"""Titles and remedies of the refusals."""

REFUSALS = {
    # who calls
    "The name or the password is wrong": "Kullanıcı adı veya parola yanlış",
    "Check both and try again.": "İkisini de kontrol edip yeniden deneyin.",
    "The access token has expired": "Erişim belirtecinin süresi dolmuş",
    "Refresh it, or log in again.": "Belirteci yenileyin veya yeniden oturum açın.",
    "The token is not valid here": "Belirteç burada geçerli değil",
    "Log in again to get a new one.": "Yeni bir belirteç almak için yeniden oturum açın.",
    "The refresh token was used before": "Yenileme belirteci daha önce kullanılmış",
    "The session was ended to protect the account; log in again.": (
        "Hesabı korumak için oturum kapatıldı; yeniden oturum açın."
    ),
    "The session was ended": "Oturum kapatılmış",
    "Log in again.": "Yeniden oturum açın.",
    "No credentials were sent": "Kimlik bilgisi gönderilmedi",
    "Send `Authorization: Bearer <access token>`; on a socket, `auth` first.": (
        "`Authorization: Bearer <erişim belirteci>` başlığını gönderin; sokette önce `auth` gönderin."
    ),
    "The account is deactivated": "Hesap devre dışı bırakılmış",
    "Ask an administrator to activate it.": "Etkinleştirmesi için bir yöneticiye başvurun.",
    "The permission for this is missing": "Bunun için izniniz yok",
    "Ask someone who has the permission.": "Bu izne sahip birine başvurun.",
    "The user name is taken": "Bu kullanıcı adı alınmış",
    "Choose another user name.": "Başka bir kullanıcı adı seçin.",
    "The e-mail address is taken": "Bu e-posta adresi kullanılıyor",
    "Log in, or use another address.": "Oturum açın veya başka bir adres kullanın.",
    # what is not there
    "There is nothing at this address": "Bu adreste bir şey yok",
    "Check the path against the API documentation.": "Yolu API belgelerinden kontrol edin.",
    "There is no such user": "Böyle bir kullanıcı yok",
    "Check the user id.": "Kullanıcı kimliğini kontrol edin.",
    "There is no such conversation for you": "Erişebildiğiniz böyle bir sohbet yok",
    "Check the conversation id and that you are a member.": (
        "Sohbet kimliğini ve sohbetin üyesi olduğunuzu kontrol edin."
    ),
    "There is no such message for you": "Erişebildiğiniz böyle bir mesaj yok",
    "Check the message id.": "Mesaj kimliğini kontrol edin.",
    "The user is not a member": "Kullanıcı üye değil",
    "List the members to see who is.": "Kimlerin üye olduğunu görmek için üyeleri listeleyin.",
    "There is no such file for you": "Erişebildiğiniz böyle bir dosya yok",
    "Check the file id.": "Dosya kimliğini kontrol edin.",
    "There is no such notification": "Böyle bir bildirim yok",
    "List the notifications to see which there are.": "Var olanları görmek için bildirimleri listeleyin.",
    "There is no such task for you": "Erişebildiğiniz böyle bir görev yok",
    "Check the task id.": "Görev kimliğini kontrol edin.",
    "There is no such session": "Böyle bir oturum yok",
    "List the sessions to see which there are.": "Var olanları görmek için oturumları listeleyin.",
    "There is no such API key": "Böyle bir API anahtarı yok",
    "List the API keys to see which there are.": "Var olanları görmek için API anahtarlarını listeleyin.",
    # conversations and messages
    "The clientId was used for another message": "Bu clientId başka bir mesaj için kullanılmış",
    "Make a new clientId for each new message.": "Her yeni mesaj için yeni bir clientId üretin.",
    "The user is a member already": "Kullanıcı zaten üye",
    "Nothing needs to be done.": "Bir şey yapmanız gerekmiyor.",
    "A group needs an owner": "Bir grubun sahibi olmalıdır",
    "Make another member owner first, or delete the group.": (
        "Önce başka bir üyeyi grup sahibi yapın veya grubu silin."
    ),
    "The message is too long": "Mesaj çok uzun",
    "Shorten the text, or send it in parts.": "Metni kısaltın veya parçalara bölüp gönderin.",
    "The time for changing this message is over": "Bu mesajı değiştirme süresi doldu",
    "Send a new message.": "Yeni bir mesaj gönderin.",
    "The message was deleted": "Mesaj silinmiş",
    "Nothing can be changed on a deleted message.": "Silinmiş bir mesajda değişiklik yapılamaz.",
    "The conversation is not a group": "Bu sohbet bir grup değil",
    "Use a group's id.": "Bir grubun kimliğini kullanın.",
    "Only administrators may post here": "Burada yalnızca yöneticiler mesaj gönderebilir",
    "Ask an administrator of the group.": "Grubun bir yöneticisine başvurun.",
    "These two people can't write to each other directly": "Bu iki kişi birbirine doğrudan yazamaz",
    "If you blocked the person, unblock the person first. Otherwise the person takes no direct messages from you.": "Kişiyi siz engellediyseniz önce engeli kaldırın. Aksi halde kişi sizden doğrudan mesaj kabul etmiyor.",
    "The cursor is not valid here": "İmleç burada geçerli değil",
    "Start again without a cursor.": "İmleç göndermeden baştan başlayın.",
    "The log no longer reaches back so far": "Olay günlüğü artık o kadar geriye gitmiyor",
    "Load a fresh snapshot from GET /sync.": "GET /sync ile güncel durumu yeniden yükleyin.",
    # files
    "The file is too large": "Dosya çok büyük",
    "Send a smaller file.": "Daha küçük bir dosya gönderin.",
    "Your files have no room left": "Dosyalarınız için yer kalmadı",
    "Delete files that you no longer need, or ask an administrator for more room.": (
        "Artık gerekmeyen dosyaları silin veya bir yöneticiden daha fazla yer isteyin."
    ),
    "This type of file is not accepted": "Bu dosya türü kabul edilmiyor",
    "Send a file of an accepted type.": "Kabul edilen türde bir dosya gönderin.",
    "The range is outside the file": "İstenen aralık dosyanın dışında",
    "Ask for a range inside the file.": "Dosyanın içinde kalan bir aralık isteyin.",
    # requests
    "This address has no such method": "Bu adres bu yöntemi desteklemiyor",
    "Use one of the methods in the Allow header.": "Allow başlığındaki yöntemlerden birini kullanın.",
    "The answer is not to be had in that form": "Yanıt istenen biçimde verilemiyor",
    "Accept application/json.": "application/json biçimini kabul edin.",
    "It exists already": "Zaten var",
    "Use the one that exists, or another name.": "Var olanı veya başka bir ad kullanın.",
    "The request is too large": "İstek çok büyük",
    "Send less at a time.": "Bir seferde daha az veri gönderin.",
    "The request's content type is not supported": "İsteğin içerik türü desteklenmiyor",
    "Send application/json.": "application/json gönderin.",
    "The input is not valid": "Girdi geçerli değil",
    "Mend what `errors` names and send it again.": (
        "`errors` içinde belirtilenleri düzeltip yeniden gönderin."
    ),
    "The text is not JSON": "Metin JSON değil",
    "Send one JSON object, in UTF-8.": "UTF-8 kodlamasıyla tek bir JSON nesnesi gönderin.",
    "Too many requests": "Çok fazla istek gönderildi",
    "Wait for the time in Retry-After and try again.": (
        "Retry-After başlığındaki süre kadar bekleyip yeniden deneyin."
    ),
    "This operation is planned": "Bu işlem henüz sunulmuyor",
    "Watch the changelog; nothing was changed.": (
        "Değişiklik günlüğünü izleyin; hiçbir şey değiştirilmedi."
    ),
    "The server can't do this at the moment": "Sunucu bunu şu anda yapamıyor",
    "Try again in a few seconds.": "Birkaç saniye sonra yeniden deneyin.",
    "The server made a mistake": "Sunucuda bir hata oluştu",
    "Report it with the requestId; trying again may help.": (
        "Hatayı requestId ile bildirin; yeniden denemek işe yarayabilir."
    ),
    # sockets
    "No auth frame came in time": "auth çerçevesi zamanında gelmedi",
    "Connect again and send `auth` first.": "Yeniden bağlanıp önce `auth` gönderin.",
    "The socket is authenticated already": "Sokette zaten oturum açılmış",
    "Open another socket for another person.": "Başka bir kişi için başka bir soket açın.",
    "There is no such command": "Böyle bir komut yok",
    "Use a command of the AsyncAPI document.": "AsyncAPI belgesindeki komutlardan birini kullanın.",
    "Binary frames are not understood": "İkili çerçeveler desteklenmiyor",
    "Send JSON in text frames.": "JSON'u metin çerçeveleriyle gönderin.",
    "The frame is too large": "Çerçeve çok büyük",
    "Send less in a frame.": "Bir çerçevede daha az veri gönderin.",
    "Too many frames": "Çok fazla çerçeve gönderildi",
    "Too many sockets of one person": "Bir kişinin çok fazla bağlantısı var",
    "Close one that is not needed; connect again after a pause.": (
        "Gerekmeyen bir bağlantıyı kapatın; kısa bir aradan sonra yeniden bağlanın."
    ),
    "Slow down; connect again after a pause.": "Yavaşlayın; bir süre bekleyip yeniden bağlanın.",
    "The client reads too slowly": "İstemci çok yavaş okuyor",
    "Connect again and resume.": "Yeniden bağlanıp kaldığınız yerden devam edin.",
    "The server restarts": "Sunucu yeniden başlatılıyor",
    "Connect again after a short random pause and resume.": (
        "Kısa, rastgele bir süre sonra yeniden bağlanıp kaldığınız yerden devam edin."
    ),
}
